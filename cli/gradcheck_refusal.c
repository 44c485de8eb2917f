/* gradcheck_refusal.c - how a refusal ends; see gradcheck.h. */
#include "gradcheck.h"

int gradcheck_refusal = EXIT_USAGE;

int gradcheck_ends(int exit_code)
{
    gradcheck_refusal = exit_code;
    return 0;
}
