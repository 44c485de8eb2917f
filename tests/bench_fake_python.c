/* bench_fake_python.c - a program that looks like Python with PyTorch and JAX: it answers the requests of
 * bench/peer_frameworks.c and peer_networks.c without reading the script. A network's gradient is always 0;
 * of a training, RUNGS_FAKE_RIGHT is the share of test images that are right.
 * RUNGS_FAKE in the environment says how:
 *
 *   right       steps of SGD and Adam, whose corrections are taken in float, as optax does; means of one
 *               number
 *   slow_start  it takes 0.1 s to receive the arrays; its steps are fast
 *   lies        its steps are too long by a thousandth
 *   tires       its first step is right, later ones are not
 *   absent      it says that the framework is not there
 *   refuses     no operation is to its liking
 *   mute        it ends before it has said anything
 *   dies        it ends in the middle of a step's arrays
 *   crashes     it is killed by a signal in its third batch
 *   hangs       it does not answer its third batch
 *   babbles     it answers a request with an endless line
 *   slow_clock  it says that a batch took longer than it did
 *   no_clock    it says that a batch took no time
 *   ahead       it answers twice
 */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4 };

static const char *mode;
static float *start[MOST], *now[MOST]; /* dw, w, m, v */
static int arrays, calls, batches, is_network, is_mean;
static size_t n;
static double lr, beta1, beta2, eps, t;

static int is(const char *word)
{
    return !strcmp(mode, word);
}

static void restore(void)
{
    for (int a = 0; a < arrays; a++) memcpy(now[a], start[a], n * sizeof(float));
}

static void step(void)
{
    float rate = (float)lr, c1 = 1 - powf((float)beta1, (float)t), c2 = 1 - powf((float)beta2, (float)t);
    int wrong = is("lies") || (is("tires") && calls > 2);
    calls++;
    if (wrong) rate *= 1.001F;
    for (size_t k = 0; k < n; k++) {
        float dw = now[0][k];
        if (is_mean) {
            now[1][k] = wrong ? 1.001F * dw : dw;
            continue;
        }
        if (arrays == 2) {
            now[1][k] -= rate * dw;
            continue;
        }
        now[2][k] = (float)beta1 * now[2][k] + (float)(1 - beta1) * dw;
        now[3][k] = (float)beta2 * now[3][k] + (float)(1 - beta2) * dw * dw;
        now[1][k] -= rate * (now[2][k] / c1) / (sqrtf(now[3][k] / c2) + (float)eps);
    }
}

static double scalar(const char *line, const char *name)
{
    const char *at = strstr(line, name);
    return at ? atof(at + strlen(name)) : 0;
}

static void open_problem(const char *line)
{
    char op[32];
    if (sscanf(line, "open %31s n=%zu ", op, &n) != 2) exit(3);
    arrays = 0, calls = 0, is_network = 0, is_mean = !strcmp(op, "avgpool_forward");
    for (const char *at = line; (at = strstr(at, ":f4:")); at++) arrays++;
    if (arrays > MOST) exit(4);
    lr = scalar(line, " lr="), beta1 = scalar(line, " beta1="), beta2 = scalar(line, " beta2=");
    eps = scalar(line, " eps="), t = scalar(line, " t=");
    for (int a = 0; a < arrays; a++) {
        start[a] = realloc(start[a], n * sizeof(float));
        now[a] = realloc(now[a], n * sizeof(float));
        if (!start[a] || !now[a]) exit(5);
        if (a && is_mean)
            memset(start[a], 0, n * sizeof(float)); /* the result is not sent */
        else if (fread(start[a], sizeof(float), n, stdin) != n)
            exit(5);
    }
    if (is("slow_start")) usleep(100000);
    puts(is("refuses") ? "refused it does not like it" : "ok");
}

/* its gradient is array 1, which a step leaves as it is */
static void open_network(const char *line)
{
    size_t pixels, labels;
    if (sscanf(line, "network %zu %zu %zu ", &n, &pixels, &labels) != 3) exit(3);
    for (size_t bytes = 4 * (n + pixels + labels); bytes; bytes--)
        if (getchar() == EOF) exit(5);
    arrays = 2, is_network = 1, is_mean = 0, lr = 0;
    for (int a = 0; a < arrays; a++) {
        free(start[a]);
        free(now[a]);
        start[a] = calloc(n, sizeof(float)), now[a] = calloc(n, sizeof(float));
        if (!start[a] || !now[a]) exit(5);
    }
    puts(is("refuses") ? "refused it does not like it" : "ok");
}

static void open_training(const char *line)
{
    size_t floats[6], bytes = 0;
    const char *right = getenv("RUNGS_FAKE_RIGHT");
    if (sscanf(line, "training %zu %zu %zu %zu %zu %zu ", &floats[0], &floats[1], &floats[2], &floats[3],
               &floats[4], &floats[5]) != 6)
        exit(3);
    for (int k = 0; k < 6; k++) bytes += 4 * floats[k];
    for (; bytes; bytes--)
        if (getchar() == EOF) exit(5);
    n = 1, arrays = 2, is_network = is_mean = 0, lr = 0;
    for (int a = 0; a < arrays; a++) {
        free(start[a]);
        free(now[a]);
        start[a] = calloc(1, sizeof(float)), now[a] = calloc(1, sizeof(float));
        if (!start[a] || !now[a]) exit(5);
    }
    *start[1] = right ? (float)atof(right) : 0;
    puts(is("refuses") ? "refused it does not like it" : "ok");
}

static void once(void)
{
    const float loss = 0;
    restore();
    step();
    puts("outputs");
    if (is_network) fwrite(&loss, sizeof loss, 1, stdout);
    if (is("dies")) n /= 2;
    for (int a = 1; a < arrays; a++) fwrite(now[a], sizeof(float), n, stdout);
    if (is("dies")) fflush(stdout), exit(7);
}

static double clock_now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

static void batch(long k)
{
    batches++;
    if (is("crashes") && batches == 3) raise(SIGKILL);
    if (is("hangs") && batches == 3) pause();
    restore();
    double begin = clock_now();
    for (long i = 0; i < k; i++) step();
    double seconds = clock_now() - begin;
    printf("seconds %.9g\n", is("slow_clock") ? 1000 * seconds + 1 : is("no_clock") ? 0 : seconds);
    if (is("ahead")) puts("seconds 1e-6");
}

int main(void)
{
    char line[512];
    mode = getenv("RUNGS_FAKE") ? getenv("RUNGS_FAKE") : "right";
    setvbuf(stdin, NULL, _IOFBF, 1 << 16);
    if (is("mute")) return 9;
    puts(is("absent") ? "absent No module named 'nothing'" : "ready Fake 1.0");
    for (; fflush(stdout), fgets(line, sizeof line, stdin);) {
        if (is("babbles"))
            for (int k = 0; k < 5000; k++) putchar('x');
        if (!strncmp(line, "open ", 5))
            open_problem(line);
        else if (!strncmp(line, "network ", 8))
            open_network(line);
        else if (!strncmp(line, "training ", 9))
            open_training(line);
        else if (!strcmp(line, "once\n"))
            once();
        else
            batch(atol(line + 6));
    }
    return 0;
}
