/* test.c - rungs test: the tests of the build that this program was made in. The launcher's `./rungs test` is
 * another one, which builds the whole tree with warnings as errors first.
 */
#include "verbs.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/process.h"

/* Runs argv with our own streams; its exit code, and a sentence if it could not be started. */
static int run(const char *const *argv)
{
    char error[ERROR_TEXT] = "";
    fflush(NULL);
    int code = process_run(argv, -1, -1, -1, error);
    if (code == 127 && *error) {
        args_refuse("test", "%s is needed to run the tests: install CMake", argv[0]);
        return EXIT_SKIPPED;
    }
    if (*error) args_refuse("test", "%s", error);
    return code;
}

int verb_test(int argc, char **argv)
{
    const struct option_row options[] = { { 0 } };
    const struct usage usage = {
        "test",
        "test [NAME]",
        "Builds what is out of date in the folder of this program, and runs the tests there with CTest: all "
        "of them, or\n"
        "those whose names match the regular expression NAME. An installed program has no tests. In the "
        "source tree\n"
        "`./rungs test` does more: it builds with warnings as errors, and passes its options to CTest.",
        "  rungs test\n  rungs test train\n  rungs test 'gc_.*'\n",
        options,
        0,
        1,
    };
    const char *name[1];
    char folder[PATH_MAX], list[PATH_MAX + 32];
    int code, words = args_read(&usage, argc, argv, name, &code);
    if (words < 0) return code;
    if (!folder_of_program(folder, sizeof folder)) folder[0] = '\0';
    snprintf(list, sizeof list, "%s/CTestTestfile.cmake", folder);
    if (access(list, R_OK))
        return args_fail(EXIT_INPUT, "test", "there are no tests in %s; run ./rungs test in the source tree",
                         folder);
    code = run((const char *const[]){ "cmake", "--build", folder, NULL });
    if (code == EXIT_SKIPPED) return code;
    if (code) return args_fail(EXIT_WRONG, "test", "the build in %s failed; see the messages above", folder);
    code =
        run((const char *const[]){ "ctest", "--test-dir", folder, "--output-on-failure", "--no-tests=error",
                                   words ? "-R" : NULL, words ? name[0] : NULL, NULL });
    return code == EXIT_OK || code == EXIT_SKIPPED ? code : EXIT_WRONG;
}
