/* gc_takeaway_same.c - checks gradients of the zoo and prints all that came out, but for the time: linked
 * with the library, and with the one C file that is made of it, it must print the same to the last digit. */
#include <string.h>

#include "zoo/optimizers.h"
#include "zoo/zoo.h"

static gc_result *results[4096];
static int count;

static void keep(gc_result *r)
{
    r->seconds = r->forward_seconds = r->backward_seconds = 0;
    results[count++] = r;
}

int main(void)
{
    for (int i = 0; i < zoo_cases() && count < 2000; i += 2) {
        struct zoo_problem z;
        if (!zoo_open(&z, zoo_case_at(i), 1)) return 1;
        size_t largest = 0;
        for (int k = 0; k < z.p.nin; k++)
            if (zoo_elements(&z.in[k]) > largest) largest = zoo_elements(&z.in[k]);
        if (largest < 1000) keep(gc_check(&z.p, &z.o));
        zoo_close(&z);
    }
    for (const struct zoo_optimizer *z = zoo_optimizers; z->name; z++)
        keep(gc_check_optimizer(&z->opt, NULL));
    gc_json(stdout, (const gc_result *const *)results, count);
    for (int i = 0; i < count; i++) gc_print(stdout, results[i]);
    gc_junit(stdout, (const gc_result *const *)results, count, "zoo");
    gc_csv(stdout, (const gc_result *const *)results, count);
    return 0;
}
