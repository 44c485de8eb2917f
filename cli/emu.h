/* emu.h - what compiles CUDA for the emulator, for others than `rungs emu`. */
#ifndef RUNGS_EMU_H
#define RUNGS_EMU_H

/* The folder with headers, cu2cpp and the emulator's libraries; NULL: this build has none. */
const char *emu_kit(void);

/* $CXX, or c++ */
const char *emu_compiler(void);

int emu_compiler_is_clang(void);

/* The options of every compilation for the emulator; they end with NULL. */
extern const char *const emu_flags[];

/* ... and of those for the race checker: with them clang, or another compiler, shows every access as it is */
const char *const *emu_race_flags(int clang);

/* ... and of those without a checker: what it optimizes, and that each function keeps its own lines */
const char *const *emu_level_flags(int clang);

#endif
