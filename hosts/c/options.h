/*
 * options.h - what the command line asks for, and the settings document made of it.
 */
#ifndef DEMO_OPTIONS_H
#define DEMO_OPTIONS_H

#include <stdint.h>

enum { MAX_PICTURES = 8, AXES = 5, AXIS_T = 0, AXIS_C, AXIS_Z, AXIS_Y, AXIS_X };

typedef struct demo_options {
    const char* out;
    int overwrite;
    const char* pictures[MAX_PICTURES]; /* their planes are the channels, in turn                                     */
    uint32_t picture_count;
    uint32_t count[AXES];               /* t, c, z, y, x                                                              */
    uint32_t chunk[AXES];               /* pixels; all 0: chosen by the library                                       */
    uint32_t shard[AXES];               /* chunks; all 0: no shards, or chosen by the library                         */
    int auto_layout;
    uint32_t levels;                    /* of resolution; 0: until a plane is small enough to look at as a whole      */
    double fps;                         /* 0: as fast as it goes                                                      */
    uint32_t pool;                      /* different frames a channel                                                 */
    const char* codec;                  /* a name, or a JSON object                                                   */
    const char* backpressure;           /* null: the library's default                                                */
    uint32_t workers;                   /* 0: the library's default                                                   */
    uint32_t ring;                      /* frames; 0: the library's default                                           */
    uint32_t memory_mib;                /* 0: the library's default                                                   */
    int describe;                       /* print the plan, write nothing                                              */
} demo_options;

typedef enum parse_result { PARSE_RUN, PARSE_HELP, PARSE_ERROR } parse_result;

/* Reads the command line; explains on stdout (help) or stderr (an error). The options point into argv. */
parse_result options_parse(int argc, char** argv, demo_options* options);

/* The settings document (JSON); the caller frees it. Null when there is no memory. */
char* options_to_settings(const demo_options* options);

/* Frames of the whole acquisition. */
uint64_t options_frames(const demo_options* options);

#endif
