/* learn.h - what the files of `rungs learn` share.
 *
 *   learn.c           the verb, and which words there are
 *   learn_words.c     what they do
 *   learn_course.c    the student's folder: the files of exercises, and what was passed
 *   learn_grade.c     a submission, by the kind of its exercise
 *   learn_functions.c functions and rungs: compiled, then gate by gate
 *   learn_numbers.c   numbers that were predicted
 *   learn_verdicts.c  functions that judge versions of something
 *   learn_gates.c     the gates of functions, each in a child process
 *   learn_training.c  the gate of a network
 *   learn_steps.c     how fast a step of it is
 *   learn_race.c      a gate of rungs: the race
 *   learn_counts.c    the other one: what valgrind counts
 *   learn_tally.c     one program, counted
 *   learn_speed.c     how fast a stranger's rung is
 *   learn_points.c    what speed is worth: a share of the measured roof
 *   learn_kernel.c    CUDA kernels, in the emulator; learn_kernel.h has what belongs to them
 *   learn_class.c     a folder of students; learn_class.h has what belongs to it
 *   learn_pack.c      a hand-out for a class; learn_pack_files.c has its files
 *   learn_autograder.c   what GitHub Classroom and Gradescope read
 *   learn_source.c    what a stranger's file includes
 *   learn_screen.c    the exercise on a terminal: watches the file, grades when it is saved
 */
#ifndef RUNGS_CLI_LEARN_H
#define RUNGS_CLI_LEARN_H

#include "../base/error.h"
#include "../base/exit_code.h"
#include "../base/file.h"
#include "../bench/roof.h"
#include "../bench/stats.h"
#include "../learn/learn.h"

/* ---- learn_course.c ---- */

/* where the student works: files of exercises, and the progress file */
struct course {
    char path[FILE_PATH];
    int lesson; /* whose exercises are meant where none is named; 0: of all */
    /* by the exercise's place in the list; one that is skipped is not passed */
    unsigned char passed[MOST_EXERCISES], skipped[MOST_EXERCISES], hints[MOST_EXERCISES];
};

/* Reads the folder's progress, if it is there: what is written into it makes it. 0 with error set. */
int course_open(struct course *f, const char *path, char *error);

/* The file of an exercise, made if it is not there; never written over. 0 with error set. */
int course_file(const struct course *f, const struct exercise *e, char file[FILE_PATH], char *error);

/* Puts the exercise's first text back; what the student wrote is kept beside it as FILE.old. */
int course_reset(struct course *f, const struct exercise *e, char *error);

/* Writes the progress file. 0 with error set. */
int course_keep(const struct course *f, char *error);

/* Skips what was not passed of the lesson; how many that is. */
int course_skip(struct course *f, int lesson);

/* How many exercises of a lesson (0: of all) were passed; *skipped, *all of how many. */
int course_passed(const struct course *f, int lesson, int *skipped, int *all);

/* The first that was neither passed nor skipped; NULL: there is none. */
const struct exercise *course_current(const struct course *f);

/* The first of those behind e, else the first of all. */
const struct exercise *course_next(const struct course *f, const struct exercise *e);

/* ---- learn_grade.c ---- */

/* what is measured of a submission that passes, for a board; beside what is not known n is 0, or a NaN is
 * there */
struct performance {
    struct stats ratio;   /* the rung to reach's seconds over the submission's */
    struct stats seconds; /* of a call                                         */
    double share;         /* of the roof, by their median                      */
    double count;         /* of what its exercise counts                       */
};

/* a student's functions, compiled, or a mistake of the list */
struct submission {
    const struct exercise *exercise;
    const char *shown;               /* the file, for people                         */
    const char *source;              /* where it is read; NULL: there */
    const char *binary, *binary_f64; /* shared libraries, compiled from it; NULL: a mistake of the list */
    const char *declarations;        /* the file that its functions must agree with */
    int is_stranger;                 /* as in remote_code */
    const struct mistake *mistake;
    uint64_t seed;
    unsigned seconds;                /* that a gate may take for one function at one shape */
    struct performance *performance; /* in shared memory: see speed_measure; or NULL */
    const struct roofs *roofs;       /* of one thread, for that; or NULL: not measured */
    const char *measured; /* a file in which what the stub and the solution count is kept, or NULL */
    int is_confined; /* a stranger's: this process can reach no file that is not the compiler's or its own */
    int no_race;     /* 1: GATE_RACE is left out, as on a machine that does something else */
};

struct grade {
    int code;       /* EXIT_OK, EXIT_WRONG; else what hindered the grading, in text */
    enum gate gate; /* where it failed                                              */
    char *text;     /* lines for people; free it                                    */
};

/* Grades the file s.shown, which is to be set with exercise, seed and seconds. */
struct grade grade_file(struct submission s);

/* 1 if the exercise's submissions must pass this gate */
int grade_has_gate(const struct exercise *e, enum gate gate);

/* ---- learn_functions.c, learn_numbers.c, learn_verdicts.c, learn_kernel.c: an exercise of one kind.
 * EXIT_OK, or an exit code with the gate that failed in *gate and lines on f that say why ---- */

typedef int grade_fn(struct submission *s, enum gate *gate, FILE *f);
grade_fn grade_functions, grade_numbers, grade_test, grade_kernel;

/* The gates that a wrong version goes through, s->mistake, which needs neither compiling nor loading;
 * as grade_fn. */
grade_fn functions_pass, test_pass;

/* Compiles it into s->binary, and s->binary_f64 where that is called. An exit code, with lines on f. */
int submission_compile(struct submission *s, FILE *f);

/* Loads what was compiled into a process of its own (learn_remote.h): these functions, a list that ends with
 * NULL. EXIT_OK, or EXIT_WRONG with a line on f. */
int submission_load(const struct submission *s, const char *const *function, FILE *f);

int functions_have_gate(const struct exercise *e, enum gate gate);
int kernel_has_gate(const struct exercise *e, enum gate gate);

enum { GATE_SECONDS = 30 };

/* 1 if the grader rejects this wrong version; *gate: which one did */
typedef int rejects_fn(const struct exercise *e, const struct mistake *m, enum gate *gate);
rejects_fn grade_rejects, numbers_reject;

/* Prints the wrong versions of kernels and the gates that reject them; EXIT_OK if all are. */
int kernel_matrix(const struct exercise *e);

/* ---- learn_gates.c: each prints on f why not; EXIT_OK, EXIT_WRONG or EXIT_RESOURCES ---- */

typedef int gate_fn(const struct submission *s, const struct op *op, FILE *f);
gate_fn gate_gradient, gate_property, gate_values, gate_edges;
gate_fn gate_numbers;  /* learn_numbers.c: what is predicted in a file of functions, once for all of them */
gate_fn gate_training; /* learn_training.c: of all functions of the exercise at once */
gate_fn gate_race;     /* learn_race.c; prints the race in any case */
gate_fn gate_counts;   /* learn_counts.c; prints the counts; passes, and says so, where nothing can count */

/* ---- learn_steps.c ---- */

enum { MOST_STEP_RUNGS = 6 };

/* what the functions of an exercise take of a step, and all else that is in a step */
struct step_time {
    const char *name;
    struct stats seconds;
};

struct step_times {
    int rungs;
    struct step_time own, rung[MOST_STEP_RUNGS]; /* in one run, by turns */
    double rest;
};

/* 1 if the clock does not tell the student's from that rung */
int steps_in_doubt(const struct step_times *t, const char *reach);

/* Says them, and between which rungs the student's are. EXIT_OK; EXIT_WRONG if a step is slower than one
 * with the rung to reach; EXIT_RESOURCES in doubt. */
int steps_judge(const struct step_times *t, const char *reach, FILE *f);

/* ---- learn_tally.c ---- */

/* of one call, by valgrind */
struct tally {
    double instructions, loads;       /* loads into vector registers, and operands of theirs in memory */
    double products, multiplications; /* instructions that multiply, and their lanes              */
    double misses;                    /* of a first-level cache of 32 KiB                         */
    double bytes;                     /* read into a cache of 64 KiB, and written back from there */
};

/* a function at a shape, with the files that its counted programs need */
struct tally_case {
    const struct submission *s;
    const struct op *op;
    struct check_case *problem;
    const char *driver, *inputs, *object, *program, *listing;
    char written[FILE_PATH]; /* the folder of what the counted program writes: */
    char outputs[FILE_PATH], profile[FILE_PATH];
};

/* EXIT_OK; EXIT_SKIPPED with a sentence if this machine cannot count; else an exit code with one. Either way
 * tally_close. */
int tally_open(struct tally_case *c, const struct submission *s, const struct op *op, char *error);
void tally_close(struct tally_case *c);

/* Compiles the file and counts one call; likewise, and EXIT_WRONG if its results are wrong. */
int tally_take(const struct tally_case *c, const char *source, struct tally *t, char *error);

/* ---- learn_points.c ---- */

/* how points follow from a speed, in one line: fixed, and said before a race */
extern const char points_formula[];

/* the share of the roof that this time is; NaN where one of them is not known */
double points_share(double roof_seconds, double seconds);

/* 0..100; 0 of NaN */
int points_of(double share);

/* Measures this machine's roofs for one thread, or measures them again. 0: out of memory. */
int points_measure(struct roofs *r);

/* The least time of the operation with the instructions that the rung to reach may use */
struct bound points_roof(const struct roofs *r, const struct op *op, const int *size,
                         const struct rung *reach);

/* learn_speed.c: sets ratio, seconds and share of *s->performance at the shape of its race, beside the
 * rung to reach; leaves them if they could not be measured. The submission is loaded (learn_remote.h). */
void speed_measure(const struct submission *s);

/* how a child ended that did not finish its work, printed on f; EXIT_WRONG or EXIT_RESOURCES */
struct guard;
int gate_say_ending(const struct guard *g, const char *name, FILE *f);

/* the beginning of what a child and its parent share: how the student's function failed */
struct told {
    int failed;
    char sentence[ERROR_TEXT];
};

/* Runs work(shared) in a child, as g says: EXIT_OK if it came back, else a line on f about the function of
 * that name. */
int gate_run(struct guard *g, const char *name, void (*work)(void *), struct told *shared, FILE *f);

/* the known mistake that the submission computes, or NULL */
const struct mistake *gate_match(const struct submission *s, const struct op *op);

/* ---- learn_words.c: what the words do; each returns an exit code ---- */

/* Before the first: the folder, the seed of random inputs, seconds for one shape, 1 to leave out races. */
void learn_with(struct course *f, uint64_t seed, unsigned seconds, int without_races);

/* What is said names keys from now on, and not commands. */
void learn_by_keys(void);

/* "1.3 dense_dw" with what it takes, the file, and what is to be done, in lines that fit the terminal */
void learn_describe(const struct exercise *e, const char *file);

/* The list with that one's lesson in full, and of the others a line each: for a screen */
int learn_list_around(const struct exercise *e);

/* Grades the lesson's harder exercise and, once it is passed, skips the others. */
int learn_skip(int lesson);

int learn_list(void), learn_show(const struct exercise *e), learn_check(const struct exercise *e),
    learn_hint(const struct exercise *e), learn_solution(const struct exercise *e),
    learn_reset(const struct exercise *e);
int learn_matrix(const struct exercise *e); /* NULL: of all */

/* ---- learn_class.c ---- */

struct class_order {
    const char *students;                         /* a folder with a folder for each student        */
    int lesson;                                   /* whose exercises; 0: of all                       */
    uint64_t seed;                                /* of the inputs: who is graded must not know them  */
    unsigned seconds;                             /* as in a submission                               */
    const char *csv, *junit, *gradescope, *board; /* files to write, or NULL       */
    int anonymous;                                /* the board has pseudonyms, which the seed chooses   */
};

/* Grades the class exercise by exercise: a table on stdout, and the files. What students wrote can compute
 * and nothing else (learn_sandbox.h). EXIT_OK if all were graded, right or wrong. */
int class_grade(const struct class_order *o);

/* ---- learn_pack.c ---- */

struct pack_order {
    const char *out;        /* a folder, which is made               */
    const char *autograder; /* "classroom", "gradescope" or NULL     */
    const char *source;     /* from where Rungs is cloned, or NULL   */
    int lesson;             /* whose exercises; 0: of all            */
    int seed;               /* of the inputs of Gradescope           */
};

/* The next exercise of the order behind e, NULL: the first; NULL behind the last. (learn_pack_files.c) */
const struct exercise *pack_next(const struct pack_order *o, const struct exercise *e);

/* A file of the pack that is being written; name may have folders in it, which are there. NULL with error
 * set. (learn_pack_files.c) */
FILE *pack_begin(struct file_out *f, const struct folder_out *pack, const char *name, char *error);

/* A file that `put` writes, from its beginning to its end; 0 with error set. (learn_pack_files.c) */
int pack_put(const struct folder_out *pack, const char *name,
             void (*put)(FILE *f, const struct pack_order *o), const struct pack_order *o, char *error);

/* Makes the hand-out; an exit code, after a sentence. */
int learn_pack(const struct pack_order *o);

/* ---- learn_autograder.c: what an autograder reads, into the pack; 0 with error set ---- */

int pack_classroom(const struct folder_out *pack, const struct pack_order *o, char *error);
int pack_gradescope(const struct folder_out *pack, const struct pack_order *o, char *error);

/* removes what they made in folders of the pack: an unfinished pack is given up */
void pack_drop_classroom(const struct folder_out *pack);

/* ---- learn_source.c ---- */

/* the file that is read: what `shown` names, or a copy of it */
const char *submission_source(const struct submission *s);

/* the number behind "prediction: NAME =" in it; NaN if there is none */
double submission_prediction(const struct submission *s, const char *name);

/* What the preprocessor makes of a stranger's file, as a file: it alone is then compiled, so that nothing is
 * but what was looked at. NULL with error set if it includes anything but the system's headers, or has
 * assembler in it. real: "float" or "double". */
const char *source_checked(const struct submission *s, const char *real, char *error);

/* ---- learn_screen.c ---- */

/* Shows the current exercise and grades it whenever its file is saved, until q; the exit code. Without a
 * terminal it grades once; TERM=dumb gets plain lines. edit: opens the file, or NULL. */
int screen_run(struct course *f, const char *edit);

#endif
