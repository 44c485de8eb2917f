/* schedules.c - CSV on stdout: the rate that each schedule of train/ gives in a training of 10 epochs of
 * 20 steps, in units of the optimizer's rate. The last one follows a loss that falls for four epochs and
 * then stays.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../train/schedule.h"

enum { EPOCHS = 10, EACH = 20 };

static const struct {
    const char *name, *lines;
} schedules[] = {
    { "constant", "schedule constant" },
    { "step", "schedule step every=3 factor=0.5" },
    { "exponential", "schedule exponential factor=0.7" },
    { "linear", "schedule linear" },
    { "cosine", "schedule cosine" },
    { "warm", "schedule cosine\nwarmup 2" },
    { "one_cycle", "schedule one_cycle" },
    { "plateau", "schedule plateau factor=0.5 patience=1" },
};
enum { SCHEDULES = sizeof schedules / sizeof *schedules };

static struct schedule made(const char *lines, struct netfile *file)
{
    char text[400], error[ERROR_TEXT];
    struct schedule s;
    snprintf(text, sizeof text,
             "rungs-network 1\ninput 4\ndense 2\nloss softmax_xent\ndata mnist\noptimizer sgd lr=1\nbatch 1\n"
             "epochs %d\n%s\n",
             EPOCHS, lines);
    if (!netfile_parse(file, "schedules.c", text, strlen(text), error)) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
    schedule_make(&s, file);
    return s;
}

static double loss_of(int epoch)
{
    return epoch < 4 ? 1.0 / (1 + epoch) : 0.2;
}

int main(void)
{
    static struct netfile file[SCHEDULES];
    struct schedule s[SCHEDULES];
    printf("epoch");
    for (int i = 0; i < SCHEDULES; i++)
        s[i] = made(schedules[i].lines, &file[i]), printf(",%s", schedules[i].name);
    putchar('\n');
    for (int step = 0; step < EPOCHS * EACH; step++) {
        struct moment now = { (double)step / EACH, EPOCHS, step, EPOCHS * EACH };
        printf("%.2f", now.epoch);
        for (int i = 0; i < SCHEDULES; i++) printf(",%.4f", schedule_lr(&s[i], now, 1));
        putchar('\n');
        if (step % EACH == EACH - 1)
            for (int i = 0; i < SCHEDULES; i++) schedule_observe(&s[i], loss_of(step / EACH));
    }
    return 0;
}
