/*
 * camera.h - a camera that shows real cells: the planes of pictures, tiled to the sensor's size (every second tile mirrored, so
 * that tiles meet seamlessly), with the offset and the read noise of a camera. All frames are made before the acquisition, so
 * that giving one out costs nothing.
 */
#ifndef DEMO_CAMERA_H
#define DEMO_CAMERA_H

#include "tiff.h"

#include <stddef.h>
#include <stdint.h>

typedef struct camera {
    uint32_t width;
    uint32_t height;
    uint32_t channels;
    uint32_t frames_per_channel; /* different ones; then they come again */
    size_t frame_bytes;
    uint16_t* pool;              /* channels x frames_per_channel x height x width, from malloc */
} camera;

/*
 * 0, or -1 when there is not enough memory. The channels show the planes of the first picture, then those of the next, and after
 * the last begin again. The pictures are not needed afterwards.
 */
int camera_open(camera* c, const tiff_picture* pictures, uint32_t picture_count, uint32_t width, uint32_t height,
                uint32_t channels, uint32_t frames_per_channel);

/* The pixels of a channel at a moment; they belong to the camera. */
const uint16_t* camera_frame(const camera* c, uint32_t channel, uint64_t moment);

void camera_close(camera* c);

#endif
