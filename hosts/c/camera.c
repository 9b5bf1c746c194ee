#include "camera.h"

#include <stdlib.h>
#include <string.h>

/* A scientific CMOS camera: a dark level of 100 counts, read noise of 2 counts (standard deviation). */
enum { DARK_LEVEL = 100, READ_NOISE = 2, NOISE_TABLE = 65536, UNIFORMS = 12 };

static uint32_t next_random(uint64_t* state)
{
    /* xorshift64* (Vigna 2016): fast, and frames that differ are all that is asked of it */
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)(*state * 2685821657736338717u >> 32);
}

/* Normal deviates times READ_NOISE, rounded: the sum of twelve uniforms has variance 1. */
static void fill_noise(int8_t* noise, uint64_t* random)
{
    for (int i = 0; i < NOISE_TABLE; i++) {
        double sum = -UNIFORMS / 2.0;
        for (int k = 0; k < UNIFORMS; k++)
            sum += next_random(random) / 4294967296.0;
        sum *= READ_NOISE;
        noise[i] = (int8_t)(sum < 0 ? sum - 0.5 : sum + 0.5);
    }
}

/* Where sensor pixel i lies in a picture of that length, when every second tile is mirrored. */
static uint32_t mirrored(uint32_t i, uint32_t length)
{
    uint32_t within = i % length;
    return i / length % 2 == 0 ? within : length - 1 - within;
}

static void expose(uint16_t* frame, const tiff_picture* picture, uint32_t plane, uint32_t width, uint32_t height,
                   const int8_t* noise, uint64_t* random)
{
    const uint16_t* scene = picture->pixels + (size_t)plane * picture->width * picture->height;
    for (uint32_t y = 0; y < height; y++) {
        const uint16_t* row = scene + (size_t)mirrored(y, picture->height) * picture->width;
        for (uint32_t x = 0; x < width; x++) {
            int value = row[mirrored(x, picture->width)] + DARK_LEVEL + noise[next_random(random) % NOISE_TABLE];
            *frame++ = (uint16_t)(value > UINT16_MAX ? UINT16_MAX : value);
        }
    }
}

/* The picture that has a channel's plane; the plane's number in it goes to *plane. */
static const tiff_picture* picture_of(uint32_t channel, const tiff_picture* pictures, uint32_t picture_count,
                                      uint32_t* plane)
{
    uint32_t picture = 0;
    for (*plane = channel; *plane >= pictures[picture].planes; picture = (picture + 1) % picture_count)
        *plane -= pictures[picture].planes;
    return &pictures[picture];
}

int camera_open(camera* c, const tiff_picture* pictures, uint32_t picture_count, uint32_t width, uint32_t height,
                uint32_t channels, uint32_t frames_per_channel)
{
    uint64_t random = 88172645463325252u;
    size_t pixels = (size_t)width * height;
    size_t frames = (size_t)channels * frames_per_channel;
    int8_t* noise = malloc(NOISE_TABLE);

    memset(c, 0, sizeof *c);
    if (pixels <= SIZE_MAX / sizeof *c->pool / frames)
        c->pool = malloc(pixels * frames * sizeof *c->pool);
    if (c->pool == NULL || noise == NULL) {
        free(noise);
        camera_close(c);
        return -1;
    }
    c->width = width;
    c->height = height;
    c->channels = channels;
    c->frames_per_channel = frames_per_channel;
    c->frame_bytes = pixels * sizeof *c->pool;

    fill_noise(noise, &random);
    for (size_t i = 0; i < frames; i++) {
        uint32_t plane;
        const tiff_picture* picture = picture_of((uint32_t)(i / frames_per_channel), pictures, picture_count, &plane);
        expose(c->pool + i * pixels, picture, plane, width, height, noise, &random);
    }
    free(noise);
    return 0;
}

const uint16_t* camera_frame(const camera* c, uint32_t channel, uint64_t moment)
{
    size_t frame = (size_t)channel * c->frames_per_channel + (size_t)(moment % c->frames_per_channel);
    return c->pool + frame * (c->frame_bytes / sizeof *c->pool);
}

void camera_close(camera* c)
{
    free(c->pool);
    memset(c, 0, sizeof *c);
}
