# SPDX-License-Identifier: MIT
# Proofs: Frama-C proves a unit of source text against the contracts in tests/proofs (docs/verification.md).

set(TENORITE_PROOF_RUN ${CMAKE_CURRENT_LIST_DIR}/../tests/proofs/run.py)

# tenorite_add_proof(NAME unit GOALS count): one ctest test `proof.unit`, which fails if a goal is not proved or if there
# are more or fewer than `count`; skipped where Frama-C or a prover is missing.
function(tenorite_add_proof)
    cmake_parse_arguments(PARSE_ARGV 0 proof "" "NAME;GOALS" "")
    if(proof_UNPARSED_ARGUMENTS OR NOT proof_NAME OR NOT proof_GOALS)
        message(FATAL_ERROR "tenorite_add_proof needs NAME and GOALS; unknown: ${proof_UNPARSED_ARGUMENTS}")
    endif()
    add_test(NAME proof.${proof_NAME}
             COMMAND ${Python3_EXECUTABLE} -B ${TENORITE_PROOF_RUN} ${proof_NAME} --if-changed --goals ${proof_GOALS})
    set_tests_properties(proof.${proof_NAME} PROPERTIES LABELS proof TIMEOUT 1800 SKIP_RETURN_CODE 77)
endfunction()
