/* zoo.h - kernels that are wrong in the ways real ones are, and what the emulator must say of each.
 *
 * Every kernel is a template: k<true> is right and must run in silence, k<false> lacks what makes it
 * right. A row says in which modes the wrong one must be noticed, and in what words. Lines to be named end
 * in a comment "BUG: name". */
#ifndef ZOO_H
#define ZOO_H

enum zoo_mode {
    ZOO_PLAIN, /* one run: it fails, or leaves NaN where outputs belong     */
    ZOO_ORDER, /* the results differ when threads, blocks and copies take turns in another order */
    ZOO_ASAN,  /* built with AddressSanitizer and UndefinedBehaviorSanitizer */
    ZOO_RACE,  /* built for the race checker                                 */
    ZOO_MODES
};

enum { ZOO_FLOATS = 4096 };

/* What a kernel may use, in device memory: x is full of different numbers, y of NaN, count of zeros. */
struct zoo_arrays {
    const float *x;
    float *y;   /* ZOO_FLOATS each */
    int *count; /* 64              */
};
typedef void zoo_run(const zoo_arrays &a);

struct zoo_bug {
    const char *name;
    zoo_run *wrong, *right;
    int outputs;                  /* how much of y the right one writes       */
    const char *words[ZOO_MODES]; /* what it must say, in this order: "one...two", "^one..." at once; null: it
                                   * need not notice */
};

struct zoo_house {
    const char *file;           /* of the kernels, for the marked lines */
    const struct zoo_bug *bugs; /* ends with a null name */
};
extern const zoo_house zoo_shared, zoo_async, zoo_global, zoo_bounds, zoo_barrier, zoo_phases, zoo_launch,
    zoo_host, zoo_lanes, zoo_unwritten, zoo_streams, zoo_host_pointers, zoo_cooperative, zoo_graphs,
    zoo_textures, zoo_blas, zoo_ptx, zoo_clusters, zoo_cub, zoo_spins, zoo_devices, zoo_objects;

/* A row: the kernel `name`'s launcher is name_run<right>. */
/* clang-format off */
#define ZOO(name, outputs, plain, order, asan, race) \
    { #name, name##_run<false>, name##_run<true>, outputs, { plain, order, asan, race } }
/* clang-format on */

#endif
