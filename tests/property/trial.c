/* SPDX-License-Identifier: MIT */
/*
 * Runs properties in child processes, which may die of them. A child runs cases, one order after the other, until it
 * dies or its orders end: to fork costs much more than to run a case.
 *
 *     parent                           child
 *     writes into trial->draws
 *     an order, one byte       ---->
 *                                      runs the property
 *                              <----   one byte; none, but the end of the pipe, if it died
 *     reads trial->complaint
 */
#include "trial.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

const char PROPERTY_DISCARDED[] = "discarded";
unsigned property_hang_seconds = 10;

/* In the child; NULL: there is none, and nobody to tell. */
static struct trial *running;
static jmp_buf case_end;

/* In the parent. */
static struct {
    pid_t process; /* 0: there is none */
    int orders, answers;
} child;

static void require(bool is_true, const char *what)
{
    if (is_true)
        return;
    perror(what);
    exit(EXIT_FAILURE);
}

void property_fail(const char *format, ...)
{
    char text[sizeof running->complaint];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (running == NULL) {
        fprintf(stderr, "%s\n", text);
        abort();
    }
    memcpy(running->complaint, text, sizeof text);
    longjmp(case_end, 1);
}

static size_t begun_before;

/* A whole period in the same case. */
static void notice_hang(int signal_number)
{
    static const char complaint[] = "does not come to an end";
    (void)signal_number;
    if (running->begun == begun_before) {
        memcpy(running->complaint, complaint, sizeof complaint);
        _exit(EXIT_FAILURE);
    }
    begun_before = running->begun;
}

/* Processor time: a machine that is busy with something else does not make a case hang. */
static void watch_for_hangs(void)
{
    struct sigaction action = {.sa_handler = notice_hang, .sa_flags = SA_RESTART};
    struct itimerval period = {{property_hang_seconds, 0}, {property_hang_seconds, 0}};
    begun_before = 0;
    require(sigaction(SIGPROF, &action, NULL) == 0 && setitimer(ITIMER_PROF, &period, NULL) == 0, "timer");
}

/* NULL: the case of trial->draws does not fail. */
static const char *run_case(struct trial *trial)
{
    trial->begun++;
    if (setjmp(case_end) != 0)
        return trial->complaint;
    const char *complaint = trial->property->check(&trial->draws);
    if (complaint == PROPERTY_DISCARDED)
        trial->discards++;
    else if (complaint == NULL)
        trial->cases++;
    else
        snprintf(trial->complaint, sizeof trial->complaint, "%s", complaint);
    return complaint == PROPERTY_DISCARDED ? NULL : complaint;
}

static void run_random_cases(struct trial *trial)
{
    while (trial->cases < trial->wanted_cases &&
           trial->discards <= trial->wanted_cases * PROPERTY_DISCARDS_PER_CASE) {
        draws_begin_random(&trial->draws, trial->seed + trial->cases + trial->discards);
        if (run_case(trial) != NULL)
            return;
    }
    trial->is_complete = true;
}

enum order { RUN_RANDOM_CASES = 'c', REPLAY = 'r' };

static void serve(struct trial *trial, int orders, int answers)
{
    char order;
    running = trial;
    watch_for_hangs();
    while (read(orders, &order, 1) == 1) {
        if (order == RUN_RANDOM_CASES)
            run_random_cases(trial);
        else
            trial->is_complete = run_case(trial) == NULL;
        require(write(answers, &order, 1) == 1, "answer");
    }
    exit(EXIT_SUCCESS);
}

static void hide_output(void)
{
    int null = open("/dev/null", O_WRONLY);
    require(null >= 0 && dup2(null, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0, "/dev/null");
}

enum output { SHOWN, HIDDEN };

static void start_child(struct trial *trial, enum output output)
{
    int orders[2], answers[2];
    require(pipe(orders) == 0 && pipe(answers) == 0, "pipe");
    fflush(NULL);
    child.process = fork();
    require(child.process >= 0, "fork");
    if (child.process == 0) {
        close(orders[1]);
        close(answers[0]);
        if (output == HIDDEN)
            hide_output();
        serve(trial, orders[0], answers[1]);
    }
    close(orders[0]);
    close(answers[1]);
    child.orders = orders[1];
    child.answers = answers[0];
}

/* Returns how the child ended. It ends by exit(), unless it died: what counts coverage or looks for leaks does so
 * there. */
static int stop_child(void)
{
    int status = 0;
    if (child.process == 0)
        return 0;
    close(child.orders);
    require(waitpid(child.process, &status, 0) == child.process, "waitpid");
    close(child.answers);
    child.process = 0;
    return status;
}

static void describe_end(struct trial *trial, int status)
{
    if (trial->complaint[0] != '\0')
        return;
    if (WIFSIGNALED(status))
        snprintf(trial->complaint, sizeof trial->complaint, "died of signal %d, %s", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(trial->complaint, sizeof trial->complaint, "ended the program with exit status %d",
                 WEXITSTATUS(status));
}

static bool is_child_failing(struct trial *trial, enum order order)
{
    char byte = (char)order;
    trial->cases = trial->discards = 0;
    trial->is_complete = false;
    trial->complaint[0] = '\0';
    require(write(child.orders, &byte, 1) == 1, "order");
    if (read(child.answers, &byte, 1) != 1)
        describe_end(trial, stop_child());
    return !trial->is_complete;
}

static bool may_fork(void)
{
    const char *text = getenv("TENORITE_FORK");
    return text == NULL || strcmp(text, "0") != 0;
}

bool trial_random_cases_fail(struct trial *trial)
{
    if (!may_fork()) {
        run_random_cases(trial);
        if (!trial->is_complete)
            property_fail("%s: %s", trial->property->name, trial->complaint);
        return false;
    }
    start_child(trial, SHOWN);
    if (is_child_failing(trial, RUN_RANDOM_CASES)) {
        stop_child();
        return true;
    }
    int status = stop_child();
    if (status != 0)
        describe_end(trial, status);
    return status != 0;
}

bool trial_replay_fails(struct trial *trial, size_t count)
{
    draws_begin_replay(&trial->draws, count);
    if (child.process == 0)
        start_child(trial, HIDDEN);
    return is_child_failing(trial, REPLAY);
}

bool trial_last_replay_fails(struct trial *trial, size_t count)
{
    stop_child();
    draws_begin_replay(&trial->draws, count);
    trial->draws.is_noting = true;
    start_child(trial, SHOWN);
    bool is_failing = is_child_failing(trial, REPLAY);
    stop_child();
    return is_failing;
}

struct trial *trial_new(const struct property *property)
{
    struct trial *trial = mmap(NULL, sizeof *trial, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    require(trial != MAP_FAILED, "shared memory");
    trial->property = property;
    return trial;
}

void trial_delete(struct trial *trial)
{
    stop_child();
    munmap(trial, sizeof *trial);
}

/* Runs the case a second time, which notes it, if it fails the first time. One that dies does so the first time. */
void property_run_bytes(const struct property *property, const uint8_t *bytes, size_t length)
{
    static struct trial trial;
    trial.property = property;
    draws_begin_bytes(&trial.draws, bytes, length);
    running = &trial;
    bool is_failing = run_case(&trial) != NULL;
    if (is_failing) {
        draws_begin_replay(&trial.draws, trial.draws.count);
        trial.draws.is_noting = true;
        is_failing = run_case(&trial) != NULL;
        fprintf(stderr, "%s: FAILED: %s\n", property->name, is_failing ? trial.complaint : "but not the second time");
        abort();
    }
    running = NULL;
}
