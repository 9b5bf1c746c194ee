/*
 * tiff.h - reads what microscope sample pictures are: classic TIFF, uncompressed, 16 bits unsigned, in strips, one or more pages,
 * samples interleaved. Anything else is refused with a message.
 */
#ifndef DEMO_TIFF_H
#define DEMO_TIFF_H

#include <stddef.h>
#include <stdint.h>

typedef struct tiff_picture {
    uint32_t width;
    uint32_t height;
    uint32_t planes;   /* pages x samples per pixel: the channels of a picture                */
    uint16_t* pixels;  /* planes x height x width, in the machine's byte order; from malloc    */
} tiff_picture;

/* 0, or -1 with the reason in error. The caller frees the picture with tiff_free. */
int tiff_read(const char* path, tiff_picture* picture, char* error, size_t error_capacity);

void tiff_free(tiff_picture* picture);

#endif
