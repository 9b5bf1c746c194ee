/*
 * omezarr_labview.h - the calls of OmeZarrNative for LabVIEW: Call Library Function node, Import Shared Library wizard.
 *
 * Every parameter is a number by value or by pointer, a C string, or an array with its size beside it: no structs, no callbacks, no
 * arrays of pointers. hosts/labview/README.md has them in a table, with a recipe. Only for 64-bit LabVIEW. Each node may run "in
 * any thread".
 *
 * Every call returns a status: 0 is success, 1 a frame that was dropped (backpressure "drop"), 2 a frame that was stored without
 * some of its metadata, and negative numbers are the errors of omezarr_native.h. The message of a call on a stream is told by omzlv_last_error, whatever thread asks; calls without a stream
 * have a buffer for it.
 *
 * Strings are UTF-8. A text that is given back is closed with 0, and cut when capacity is too small (JSON is left out then);
 * needed (may be null) is the capacity that takes all of it.
 *
 * What is known of a frame: index is its number in acquisition order, or -1 for the next one; delta_t and exposure_time are seconds,
 * positions micrometres, and NaN where they are not known; timestamp_ns is the camera's clock in nanoseconds, -1 where it is not
 * known; metadata_json is an object with anything else, or empty.
 */
#ifndef OMEZARR_LABVIEW_H
#define OMEZARR_LABVIEW_H

#include <stdint.h>

#if defined(_WIN32)
#  define OMZLV_API __declspec(dllimport)
#  define OMZLV_CALL __cdecl
#else
#  define OMZLV_API
#  define OMZLV_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The library, and settings --------------------------------------------------------------------------- */

/* The library's version, such as 0.1.0+4b59326c3f12. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_version(char* text, int32_t capacity, int32_t* needed);

/* The name of a status, such as OMZ_E_NO_SPACE. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_status_name(int32_t status, char* text, int32_t capacity, int32_t* needed);

/* A text as it stands between the quotes of JSON: for paths with backslashes, and names with quotes. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_escape(const char* text, char* escaped, int32_t capacity, int32_t* needed);

/* Checks settings without touching any disk; error lists every problem, one a line. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_check_settings(const char* settings_json, char* error, int32_t error_capacity);

/* The most memory in bytes that a stream of these settings takes. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_estimate_memory(const char* settings_json, uint64_t* bytes, char* error,
    int32_t error_capacity);

/*
 * The plan as JSON: shapes, chunks, shards, memory. Empty when capacity is too small: needed says how much it takes. Since
 * 1.
 */
OMZLV_API int32_t OMZLV_CALL omzlv_describe_layout(const char* settings_json, char* text, int32_t capacity, int32_t* needed,
    char* error, int32_t error_capacity);

/* Appends log lines from a level on (0 debug, 1 info, 2 warning, 3 error) to a file; an empty path ends it. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_log_file(const char* path, int32_t min_level, char* error, int32_t error_capacity);

/* ---- A stream's life ------------------------------------------------------------------------------------- */

/* Creates the dataset. Takes up to a second and more on a busy disk: before the first frame, not with it. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_create(const char* settings_json, uint64_t* stream, char* error, int32_t error_capacity);

/* The handle of one camera's array, when settings have arrays; every call that takes frames takes it as a stream. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_array(uint64_t stream, const char* key, uint64_t* array);

/* The full path of the dataset. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_output_path(uint64_t stream, char* text, int32_t capacity, int32_t* needed);

/* The address of the page that shows the stream in a browser; empty when settings have no monitor. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_monitor_url(uint64_t stream, char* text, int32_t capacity, int32_t* needed);

/*
 * What the stream's frames are: type 0 packed, 1 U8, 2 U16, 3 U32, 4 U64, 5 I8, 6 I16, 7 I32, 8 I64, 9 SGL, 10 DBL; rows,
 * pixels of a row, bytes. Since 1.
 */
OMZLV_API int32_t OMZLV_CALL omzlv_frame_format(uint64_t stream, int32_t* type, int64_t* height, int64_t* width,
    uint64_t* size_bytes);

/*
 * The message of the last call with this handle that failed, whatever thread made it; also after the stream has ended. Since
 * 1.
 */
OMZLV_API int32_t OMZLV_CALL omzlv_last_error(uint64_t stream, char* text, int32_t capacity, int32_t* needed);

/* The first error that the stream met, which every later call repeats; empty when there is none. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_first_error(uint64_t stream, char* text, int32_t capacity, int32_t* needed);

/* Waits until every whole chunk is stored and visible; timeout_ms -1 waits for ever. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_flush(uint64_t stream, int32_t timeout_ms);

/* Stores everything and ends the stream; waits for it. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_finalize(uint64_t stream, char* error, int32_t error_capacity);

/* Begins to finalize and returns at once. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_finalize_begin(uint64_t stream);

/*
 * Waits for the end that was begun: OMZ_E_TIMEOUT (-16) while it goes on, with progress between 0 and 1; anything else is
 * the end. Since 1.
 */
OMZLV_API int32_t OMZLV_CALL omzlv_finalize_poll(uint64_t stream, int32_t timeout_ms, double* progress);

/* Ends the stream now; frames of chunks that are not whole are given up. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_abort(uint64_t stream, char* error, int32_t error_capacity);

/* Begins to abort and returns at once; finalize_poll waits for the end. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_abort_begin(uint64_t stream);

/* ---- Frames ---------------------------------------------------------------------------------------------- */

/* Appends a 2-D array of U8, rows packed, and copies it. Also frames of packed pixels. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_u8(uint64_t stream, const uint8_t* pixels, int32_t count);

/* Appends a 2-D array of U16, rows packed, and copies it. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_u16(uint64_t stream, const uint16_t* pixels, int32_t count);

/*
 * Appends a 2-D array of U32, rows packed, and copies it. Also images of IMAQ RGB (U32), when pixel_format is bgrx8 or
 * bgra8. Since 1.
 */
OMZLV_API int32_t OMZLV_CALL omzlv_append_u32(uint64_t stream, const uint32_t* pixels, int32_t count);

/*
 * Appends a 2-D array of U64, rows packed, and copies it. Also images of IMAQ RGB (U64), when pixel_format is bgra16. Since
 * 1.
 */
OMZLV_API int32_t OMZLV_CALL omzlv_append_u64(uint64_t stream, const uint64_t* pixels, int32_t count);

/* Appends a 2-D array of I8, rows packed, and copies it. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_i8(uint64_t stream, const int8_t* pixels, int32_t count);

/* Appends a 2-D array of I16, rows packed, and copies it. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_i16(uint64_t stream, const int16_t* pixels, int32_t count);

/* Appends a 2-D array of I32, rows packed, and copies it. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_i32(uint64_t stream, const int32_t* pixels, int32_t count);

/* Appends a 2-D array of I64, rows packed, and copies it. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_i64(uint64_t stream, const int64_t* pixels, int32_t count);

/* Appends a 2-D array of SGL, rows packed, and copies it. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_sgl(uint64_t stream, const float* pixels, int32_t count);

/* Appends a 2-D array of DBL, rows packed, and copies it. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_dbl(uint64_t stream, const double* pixels, int32_t count);

/* The same with what is known of the frame. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_u8_ex(uint64_t stream, const uint8_t* pixels, int32_t count, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* The same with what is known of the frame. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_u16_ex(uint64_t stream, const uint16_t* pixels, int32_t count, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* The same with what is known of the frame. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_u32_ex(uint64_t stream, const uint32_t* pixels, int32_t count, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* The same with what is known of the frame. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_u64_ex(uint64_t stream, const uint64_t* pixels, int32_t count, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* The same with what is known of the frame. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_i8_ex(uint64_t stream, const int8_t* pixels, int32_t count, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* The same with what is known of the frame. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_i16_ex(uint64_t stream, const int16_t* pixels, int32_t count, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* The same with what is known of the frame. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_i32_ex(uint64_t stream, const int32_t* pixels, int32_t count, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* The same with what is known of the frame. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_i64_ex(uint64_t stream, const int64_t* pixels, int32_t count, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* The same with what is known of the frame. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_sgl_ex(uint64_t stream, const float* pixels, int32_t count, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* The same with what is known of the frame. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_dbl_ex(uint64_t stream, const double* pixels, int32_t count, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* Appends a frame at an address, such as that of an IMAQ image, and copies it. row_stride 0: rows are packed. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_append_address(uint64_t stream, uint64_t address, uint64_t size_bytes, uint64_t row_stride,
    int64_t index, double delta_t, double exposure_time, double position_x, double position_y, double position_z,
    int64_t timestamp_ns, const char* metadata_json);

/*
 * The number of the frame at an index of each dimension that counts frames, slowest first: for the calls that take an index.
 * Since 1.
 */
OMZLV_API int32_t OMZLV_CALL omzlv_frame_index(uint64_t stream, const int64_t* coordinates, int32_t count, int64_t* index);

/* Leaves out the next frames; they read as 0. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_skip(uint64_t stream, uint64_t count);

/* ---- Frames without a copy ------------------------------------------------------------------------------- */

/* The slots of the ring, and the bytes of each. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_slot_count(uint64_t stream, int32_t* count, uint64_t* slot_bytes);

/* The address of a slot, fixed until the stream ends: to be announced to a camera's driver. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_slot_address(uint64_t stream, int32_t slot, uint64_t* address);

/* Takes a free slot for a camera to fill. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_slot_acquire(uint64_t stream, int32_t timeout_ms, int32_t* slot, uint64_t* address);

/* Hands in the frame that lies at the slot's start. row_stride 0: as the settings say. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_slot_commit(uint64_t stream, int32_t slot, uint64_t row_stride, int64_t index,
    double delta_t, double exposure_time, double position_x, double position_y, double position_z, int64_t timestamp_ns,
    const char* metadata_json);

/* Gives a slot back unused. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_slot_cancel(uint64_t stream, int32_t slot);

/*
 * Lends a frame at an address that stays as it is until its token comes back (released). Set pipeline.borrowed_buffers.
 * Since 1.
 */
OMZLV_API int32_t OMZLV_CALL omzlv_lend(uint64_t stream, uint64_t address, uint64_t size_bytes, uint64_t row_stride,
    int64_t index, double delta_t, double exposure_time, double position_x, double position_y, double position_z,
    int64_t timestamp_ns, const char* metadata_json, uint64_t token);

/* Takes back the tokens of frames that are not used any more; OMZ_E_TIMEOUT (-16) when there is none in time. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_released(uint64_t stream, uint64_t* tokens, int32_t capacity, int32_t timeout_ms,
    int32_t* count);

/* ---- Metadata and statistics ----------------------------------------------------------------------------- */

/* Stores a JSON value in the dataset's attributes under a namespace. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_set_metadata(uint64_t stream, const char* name_space, const char* json);

/* The same for one image, by its path or its position's name. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_set_image_metadata(uint64_t stream, const char* image, const char* name_space,
    const char* json);

/* Says why the stream is about to be ended early; empty takes it back. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_set_end_reason(uint64_t stream, const char* reason);

/*
 * One number of the statistics by its name, such as frames_written or append_p99_ns (omz_stats in omezarr_native.h). Since
 * 1.
 */
OMZLV_API int32_t OMZLV_CALL omzlv_stat(uint64_t stream, const char* name, uint64_t* value);

/* All statistics as JSON. Empty when capacity is too small. Since 1. */
OMZLV_API int32_t OMZLV_CALL omzlv_stats_json(uint64_t stream, char* text, int32_t capacity, int32_t* needed);

#ifdef __cplusplus
}
#endif

#endif
