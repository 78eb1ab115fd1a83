/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target once on each file of the directories it is given: any compiler's stand-in for libFuzzer. */
#include <dirent.h>

#include "fuzz.h"

enum { MAX_INPUT_BYTES = 1 << 20, MAX_PATH = 4096 };

static size_t read_file(const char *path, uint8_t *bytes)
{
    FILE *file = fopen(path, "rb");
    FUZZ_REQUIRE(file != NULL);
    size_t length = fread(bytes, 1, MAX_INPUT_BYTES, file);
    FUZZ_REQUIRE(feof(file) && !ferror(file));
    fclose(file);
    return length;
}

/* A finding ends the program: the last path printed is its input. */
static unsigned replay_directory(const char *directory)
{
    static uint8_t bytes[MAX_INPUT_BYTES];
    char path[MAX_PATH];
    unsigned count = 0;
    DIR *listing = opendir(directory);
    FUZZ_REQUIRE(listing != NULL);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        FUZZ_REQUIRE(snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) < MAX_PATH);
        printf("%s\n", path);
        fflush(stdout);
        uint8_t *input = bytes;
        size_t length = read_file(path, input);
        LLVMFuzzerTestOneInput(input, length);
        count++;
    }
    closedir(listing);
    return count;
}

int main(int argument_count, char **arguments)
{
    unsigned count = 0;
    for (int i = 1; i < argument_count; i++)
        count += replay_directory(arguments[i]);
    printf("%u inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
