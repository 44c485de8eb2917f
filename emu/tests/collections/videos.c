/* videos.c - a small grey video for Rodinia's heartwall and leukocyte: RIFF AVI, frames not compressed, of
 * one byte per pixel, with an index. Bright rings wander over noise, as cells would. videos WIDTH HEIGHT
 * FRAMES >FILE */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void word(uint32_t w)
{
    for (int i = 0; i < 4; i++) putchar((int)(w >> 8 * i & 255));
}

static void name(const char *four)
{
    fputs(four, stdout);
}

static void zeros(int n)
{
    while (n-- > 0) word(0);
}

static void headers(uint32_t width, uint32_t height, uint32_t frames, uint32_t movie)
{
    name("RIFF"), word(4 + 8 + 4 + 64 + 8 + 4 + 64 + 48 + 8 + movie + 8 + 16 * frames), name("AVI ");
    name("LIST"), word(4 + 64 + 8 + 4 + 64 + 48), name("hdrl");
    name("avih"), word(56), word(100000), word(0), word(0), word(16), word(frames), word(0), word(1);
    word(width * height), word(width), word(height), zeros(4);
    name("LIST"), word(4 + 64 + 48), name("strl");
    name("strh"), word(56), name("vids"), zeros(4), word(1), word(10), word(0), word(frames);
    word(width * height), zeros(4);
    name("strf"), word(40), word(40), word(width), word(height), word(1 | 8 << 16), zeros(6);
}

static int pixel(int x, int y, int frame, uint32_t *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    double value = 60 + (*seed >> 16) % 20;
    for (int ring = 0; ring < 12; ring++) {
        double dx = x - (60 + ring % 4 * 160 + 3 * frame), dy = y - (140 + ring / 4 * 60 + frame);
        value += 120 * exp(-pow(sqrt(dx * dx + dy * dy) - 10, 2) / 4);
    }
    return value > 255 ? 255 : (int)value;
}

int main(int argc, char **argv)
{
    if (argc != 4) return fputs("usage: videos WIDTH HEIGHT FRAMES >FILE\n", stderr), 64;
    int width = atoi(argv[1]), height = atoi(argv[2]), frames = atoi(argv[3]);
    uint32_t bytes = (uint32_t)(width * height), seed = 1;
    headers((uint32_t)width, (uint32_t)height, (uint32_t)frames, 4 + (uint32_t)frames * (8 + bytes));
    name("LIST"), word(4 + (uint32_t)frames * (8 + bytes)), name("movi");
    for (int f = 0; f < frames; f++) {
        name("00db"), word(bytes);
        for (int y = height - 1; y >= 0; y--)
            for (int x = 0; x < width; x++) putchar(pixel(x, y, f, &seed));
    }
    name("idx1"), word(16 * (uint32_t)frames);
    for (int f = 0; f < frames; f++) name("00db"), word(16), word(4 + (uint32_t)f * (8 + bytes)), word(bytes);
    return fflush(stdout) || ferror(stdout);
}
