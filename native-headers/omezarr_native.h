/*
 * omezarr_native.h - the C interface of OmeZarrNative, a writer of OME-Zarr 0.5 for microscope cameras.
 *
 * In reading order: status codes, versions and errors, settings, a stream's life
 * (create, append, several cameras, flush, finalize), statistics, reading datasets, logging.
 *
 *     uint64_t stream = 0;
 *     if (omz_create(settings_json, &stream) != OMZ_OK) { ... omz_last_error(...) ... }
 *     for (each camera frame) omz_append_frame(stream, pixels, size_in_bytes);
 *     if (omz_finalize(stream) != OMZ_OK) { ... the first error the stream ever met ... }
 *
 * Rules that hold for every call
 *   - The result is an int32_t status: 0 (OMZ_OK) is success, negative values are errors. Calls that fill a
 *     caller's text buffer return the size needed (in bytes, with the closing 0) as a positive value instead.
 *   - Any thread may call anything. Frames are appended to one stream (with settings.arrays: to one array) by one
 *     thread at a time, unless settings.pipeline.producers is greater than 1 (then each frame carries its own index).
 *   - Strings are UTF-8 and end with 0. The caller keeps ownership of all memory it passes in; nothing that is
 *     passed in is used after the call returns.
 *   - Out-parameters come last and are untouched when the call fails, except where said.
 *   - Every wait has a time-out in milliseconds: -1 waits for ever, 0 does not wait.
 *   - The library is never unloaded. After fork() only the parent may use it: the child gets OMZ_E_FORKED.
 *   - No call raises signals, throws, or ends the process. The library's threads block signals sent to the process, so that
 *     they are delivered to threads of the host; a file beyond RLIMIT_FSIZE is an error and raises no SIGXFSZ.
 *   - Handlers: the first call (not the loading) installs the runtime's own for SIGSEGV, SIGFPE and SIGRTMIN. Those for
 *     SIGSEGV and SIGFPE pass faults of other code on to the earlier handlers. A host that installs its own afterwards must have
 *     them call those that they replace, and must not touch SIGRTMIN, by which the runtime interrupts threads. Handlers for all
 *     other signals stay in force, except for SIGPIPE: the first call ignores it, so a host installs its handler afterwards.
 *   - The floating-point environment (rounding, traps, flags, flushing to zero) is the host's own: no call changes it, and what
 *     the library computes does not depend on it.
 *   - The first call needs one more thread, and about 100 MiB of address space (which matters only under RLIMIT_AS: 26 MiB of
 *     it are used); without them the runtime ends the process. From then on a lack of either is an error. Calls other than
 *     per-frame calls need some 128 KiB of the calling thread's stack; OMZ_E_OUT_OF_MEMORY where there is less.
 */
#ifndef OMEZARR_NATIVE_H
#define OMEZARR_NATIVE_H

#include <stdint.h>

#if defined(_WIN32)
#  define OMZ_API __declspec(dllimport)
#  define OMZ_CALL __cdecl
#else
#  define OMZ_API
#  define OMZ_CALL
#endif

/* For the OMZ_..._INIT below, without warnings of old casts and null pointers in C++. */
#if defined(__cplusplus) && (__cplusplus >= 201103L || (defined(_MSVC_LANG) && _MSVC_LANG >= 201103L))
#  define OMZ_SIZE(type) static_cast<uint32_t>(sizeof(type))
#  define OMZ_NULL nullptr
#else
#  define OMZ_SIZE(type) ((uint32_t)sizeof(type))
#  define OMZ_NULL 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. omz_abi_version() of the loaded library must be at least this. */
#define OMZ_ABI_VERSION 1

/* ---- Status codes ------------------------------------------------------------------------------------------ */
/* Numbers are frozen: a code never changes its meaning, new ones are added at the end.                          */

#define OMZ_OK                       0
#define OMZ_E_INTERNAL              -1  /* a defect in this library; the message says where                         */
#define OMZ_E_INVALID_ARGUMENT      -2  /* a null pointer, or a value outside its range                             */
#define OMZ_E_INVALID_HANDLE        -3  /* the stream handle is 0, stale, or was never given out                    */
#define OMZ_E_INVALID_SETTINGS      -4  /* the settings document has problems; omz_last_error lists all of them      */
#define OMZ_E_NOT_SUPPORTED         -5  /* valid, but this version cannot do it yet; the message names the setting   */
#define OMZ_E_STRUCT_SIZE           -6  /* struct_size is not that of any known version of the struct                */
#define OMZ_E_ALREADY_EXISTS        -7  /* the output path exists, and settings have neither overwrite nor resume    */
#define OMZ_E_NOT_A_ZARR            -8  /* overwrite refused: what lies at the output path is not a Zarr             */
#define OMZ_E_ACCESS_DENIED         -9  /* no permission to write there                                             */
#define OMZ_E_NO_SPACE             -10  /* the disk (or quota) is full                                              */
#define OMZ_E_IO                   -11  /* any other error of the store                                             */
#define OMZ_E_OUT_OF_MEMORY        -12  /* the memory budget cannot hold this acquisition; the message says what can */
#define OMZ_E_FRAME_SIZE           -13  /* size_bytes does not match the frame's shape, type and row stride         */
#define OMZ_E_FRAME_INDEX          -14  /* an explicit index that is taken, out of range, or missing where required  */
#define OMZ_E_TOO_MANY_FRAMES      -15  /* every frame of the declared shape has been appended or skipped            */
#define OMZ_E_TIMEOUT              -16  /* the time-out passed first; nothing was changed                            */
#define OMZ_E_RING_FULL            -17  /* backpressure "fail": no free slot at this moment; the frame was not taken */
#define OMZ_E_STALLED              -18  /* every slot holds a frame of an unfinished chunk: more ring_frames needed  */
#define OMZ_E_FINALIZED            -19  /* the stream is being finalized or was aborted                              */
#define OMZ_E_CODEC                -20  /* a codec failed                                                           */
#define OMZ_E_FORKED               -21  /* called in a forked child                                                 */
#define OMZ_E_BUSY                 -22  /* another thread (or the caller, as a callback) is in a call that excludes it  */
#define OMZ_E_RESERVED_NAME        -23  /* a metadata namespace that the library writes itself                       */
#define OMZ_E_TOO_MANY_STREAMS     -24  /* what is open has all handles (4096), or the library's heap: the message says  */
#define OMZ_E_SLOT                 -25  /* the slot is not the caller's: never acquired, or committed or cancelled    */
#define OMZ_E_SLOTS_LOST           -26  /* at finalize: slots were acquired and neither committed nor cancelled       */
#define OMZ_E_NOT_FOUND            -27  /* reading: there is no dataset, image, level or array of that name           */
#define OMZ_E_FORMAT               -28  /* reading: the metadata is not valid, or uses what is not supported: named    */
#define OMZ_E_DAMAGED              -29  /* reading: a stored chunk or a shard's index is damaged; the message says which */

/* Positive results of omz_append_frame and omz_append_frame_ex. */
#define OMZ_FRAME_DROPPED            1  /* backpressure "drop": no free slot; the frame was dropped and counted       */
#define OMZ_FRAME_METADATA_LOST      2  /* the frame was taken; some of what came with it cannot be stored, is counted */

/* Whether such a call took the frame: nothing else of its results says so. */
#define OMZ_FRAME_TAKEN(status)  ((status) == OMZ_OK || (status) == OMZ_FRAME_METADATA_LOST)

/* ---- Versions and errors ----------------------------------------------------------------------------------- */

/*
 * The library's version and, after a plus sign, the commit that it was built from, such as "0.1.0+4b59326c3f12".
 * ".modified" follows when files differed from the commit; "unknown" stands for a commit that the build could not determine.
 * Never null, valid for the process's life. Since 1.
 */
OMZ_API const char* OMZ_CALL omz_version(void);

/* The newest ABI version that the loaded library serves. Since 1. */
OMZ_API int32_t OMZ_CALL omz_abi_version(void);

/* The name of a status code, such as "OMZ_E_NO_SPACE"; "OMZ_E_UNKNOWN" for others. Never null. Since 1. */
OMZ_API const char* OMZ_CALL omz_status_name(int32_t status);

/*
 * The calling thread's last error message. Copies at most capacity bytes (always closed with 0 when capacity > 0)
 * and returns the size that the whole text needs. buffer may be null when capacity is 0. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_last_error(char* buffer, int32_t capacity);

/* ---- Settings ---------------------------------------------------------------------------------------------- */

/*
 * Checks a settings document (docs/settings.md) without touching any disk. OMZ_OK, or OMZ_E_INVALID_SETTINGS /
 * OMZ_E_NOT_SUPPORTED with every problem in omz_last_error, one a line: its JSON path, what was given, what is allowed;
 * or OMZ_E_OUT_OF_MEMORY as omz_estimate_memory. All calls that take settings say the same of the same document. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_validate_settings(const char* settings_json);

/*
 * The most memory in bytes that a process with one stream of these settings takes for it: frames in flight, workers, all that
 * is kept of images and arrays, the library and its runtime. The last two are needed once, also for several streams:
 * omz_describe_layout says how much of the estimate they are (memory.runtime_bytes). Not included: 64 bytes for each byte of
 * JSON given to omz_set_metadata. OMZ_E_OUT_OF_MEMORY names the setting to change when omz_create would refuse these settings
 * for their memory. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_estimate_memory(const char* settings_json, uint64_t* out_bytes);

/*
 * The resolved plan as JSON: settings with all defaults filled in, and per array shape, chunks, shards, codecs, number
 * of files, memory. Two-call form: returns the size needed in bytes, fills buffer when capacity is large enough
 * (otherwise writes nothing but a closing 0). Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_describe_layout(const char* settings_json, char* buffer, int32_t capacity);

/* ---- A stream's life --------------------------------------------------------------------------------------- */

/*
 * Creates the dataset (its metadata is on the store when this returns) and starts the workers.
 * A create that fails leaves the store as it was, with and without overwrite. It waits for the store at most
 * settings.pipeline.create_timeout_ms: after OMZ_E_TIMEOUT the library goes on in the background, and undoes what it has
 * begun once the store answers. It makes folders, takes memory and starts threads: 13 to 165 ms were measured on a busy
 * machine, and a slow disk takes longer. Create the stream when the acquisition is armed, not with the first frame. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_create(const char* settings_json, uint64_t* out_stream);

/*
 * The same, and the message of a failure goes into error_buffer (as omz_last_error gives it; "" on success): for hosts whose next
 * call may come from another thread. error_buffer may be null when error_capacity is 0. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_create_ex(const char* settings_json, uint64_t* out_stream, char* error_buffer,
                                       int32_t error_capacity);

/*
 * The dataset's full path as it is written: settings.root_path with its suffix, made absolute. Two-call form as
 * omz_describe_layout. Also after the stream has ended, as omz_get_stats. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_output_path(uint64_t stream, char* buffer, int32_t capacity);

/*
 * The address of the page that shows the stream in a browser (settings.monitor); "" when there is none. It has a random part:
 * who knows it sees the images. Two-call form as omz_describe_layout. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_monitor_url(uint64_t stream, char* buffer, int32_t capacity);

/*
 * Appends the next frame: size_bytes = height x width x bytes per pixel, rows packed, C order, the machine's byte order.
 * The pixels are copied before the call returns. Waits for a free slot as settings.pipeline.backpressure says.
 * OMZ_OK, or OMZ_FRAME_DROPPED, or an error; a frame whose append returned anything else than OMZ_OK or
 * OMZ_FRAME_METADATA_LOST is not stored. Once a stream has failed (disk full, say), every append returns the code of that first
 * error. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_append_frame(uint64_t stream, const void* pixels, uint64_t size_bytes);

/* Bits of omz_frame.flags: which of the members at its end are set. */
#define OMZ_FRAME_HAS_DELTA_T        1u
#define OMZ_FRAME_HAS_EXPOSURE_TIME  2u
#define OMZ_FRAME_HAS_POSITION_X     4u
#define OMZ_FRAME_HAS_POSITION_Y     8u
#define OMZ_FRAME_HAS_POSITION_Z    16u
#define OMZ_FRAME_HAS_TIMESTAMP     32u

/* The longest metadata_json of a frame, in bytes without the closing 0, and the deepest nesting. */
#define OMZ_FRAME_METADATA_MAX_BYTES 65536
#define OMZ_FRAME_METADATA_MAX_DEPTH    32

/*
 * A frame with its metadata. Initialize with OMZ_FRAME_INIT, then fill in. Members from delta_t on are read where flags
 * says so; they need no parsing, and are preferable to JSON at high frame rates. The earlier struct without them (which
 * ended with metadata_json) is accepted, too.
 */
typedef struct omz_frame {
    uint32_t    struct_size;    /* sizeof(omz_frame)                                                                */
    uint32_t    flags;          /* OMZ_FRAME_HAS_..., or 0                                                          */
    const void* pixels;         /* first pixel of the first row                                                     */
    uint64_t    size_bytes;     /* bytes readable at pixels: at least (height - 1) x row_stride + one row's bytes    */
    uint64_t    row_stride;     /* bytes from one row to the next; 0 = rows are packed                              */
    int64_t     index;          /* frame number in acquisition order, or -1 for the next one                        */
    const char* metadata_json;  /* per-frame metadata as a JSON object, or null                                     */
    double      delta_t;        /* time since the acquisition began, in seconds                                     */
    double      exposure_time;  /* in seconds                                                                       */
    double      position_x;     /* stage position, in micrometres                                                   */
    double      position_y;
    double      position_z;
    int64_t     timestamp_ns;   /* of the camera's or grabber's clock, in nanoseconds from any origin               */
} omz_frame;
#define OMZ_FRAME_INIT { OMZ_SIZE(omz_frame), 0u, OMZ_NULL, 0u, 0u, -1, OMZ_NULL, 0.0, 0.0, 0.0, 0.0, 0.0, 0 }

/*
 * As omz_append_frame, with row stride, explicit index and metadata. Frames may come in any order when they carry an
 * index; each index at most once, and less than 1048576 ahead of the lowest one still missing.
 * With settings.pipeline.producers > 1 any number of threads may call this at the same time and index is required.
 *
 * metadata_json is copied. Its members delta_t, exposure_time, position_x, position_y, position_z (numbers, in the units of the
 * struct) and timestamp_ns (a whole number) mean the same as the struct's, which take precedence where both are given;
 * everything else in it is stored as it is (docs/frame-metadata.md). Metadata never cost the frame: the result is
 * OMZ_FRAME_METADATA_LOST when JSON is not an object, or too long or too deep (then it is left out), or when one of those members
 * is not a number, or a member of the struct is not finite (then that value is unknown). The frame is stored;
 * omz_stats.frames_metadata_lost counts, and a line of the log tells what was wrong the first time. The JSON of frames in flight
 * shares 2 MiB (with settings.arrays: per array); when that is full, backpressure applies as for a full ring. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_append_frame_ex(uint64_t stream, const omz_frame* frame);

/*
 * The same, but with backpressure "block" it waits for a place at most timeout_ms, not settings.pipeline.append_timeout_ms. For
 * hosts whose thread has other things to look after meanwhile (signals, an event loop): after OMZ_E_TIMEOUT the frame was not
 * taken, and the call is repeated. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_append_frame_wait(uint64_t stream, const omz_frame* frame, int32_t timeout_ms);

/* The flat form of omz_append_frame_ex, for hosts that cannot build structs. metadata_json may be null. Since 1. */
OMZ_API int32_t OMZ_CALL omz_append_frame_meta(uint64_t stream, const void* pixels, uint64_t size_bytes,
                                               const char* metadata_json);

/* ---- What a stream's frames look like ----------------------------------------------------------------------- */

/* Types of the numbers that a frame consists of when it is appended. */
#define OMZ_PACKED    0   /* none: pixels share bytes (mono10p and the like)                                      */
#define OMZ_UINT8     1
#define OMZ_UINT16    2
#define OMZ_UINT32    3
#define OMZ_UINT64    4
#define OMZ_INT8      5
#define OMZ_INT16     6
#define OMZ_INT32     7
#define OMZ_INT64     8
#define OMZ_FLOAT32   9
#define OMZ_FLOAT64  10

/*
 * What the frames of a stream (with settings.arrays: of an array) look like: the type of their numbers (OMZ_UINT8, ...), their
 * rows and the pixels of a row, and the bytes that omz_append_frame takes. Each may be null. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_frame_format(uint64_t stream, int32_t* out_type, int64_t* out_height, int64_t* out_width,
                                          uint64_t* out_size_bytes);

/* ---- Frames named by their coordinates --------------------------------------------------------------------- */

/*
 * The number of the frame at these coordinates, for omz_frame.index: one index for each dimension that counts frames, in the
 * order of settings.dimensions (slowest first), so without the frame's own two and without that of a frame's colours. count is
 * how many there are; OMZ_E_INVALID_ARGUMENT names the dimensions when it is another. OMZ_E_FRAME_INDEX names the one whose index
 * is outside it. With settings.arrays, by an array's handle. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_frame_index(uint64_t stream, const int64_t* coordinates, int32_t count, int64_t* out_index);

/*
 * omz_append_frame to the place of these coordinates. Frames may come in any order, as with an index (omz_append_frame_ex).
 * Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_append_frame_at(uint64_t stream, const int64_t* coordinates, int32_t count, const void* pixels,
                                             uint64_t size_bytes);

/* ---- Several cameras in one stream -------------------------------------------------------------------------- */

/*
 * With settings.arrays a stream takes the frames of several cameras, each with a key, a shape and a type of its own. Gives
 * the handle of one array: every call that takes frames (append, slots, borrowed, skip) takes it in place of a stream's,
 * and so do omz_get_stats and omz_get_stats_json (that array's counters), omz_set_image_metadata (that array's images),
 * omz_flush, omz_set_metadata and omz_stream_error (the whole stream). Each array numbers its own frames, and may have a
 * thread of its own to append them. With the stream's own handle, calls that take frames fail with OMZ_E_INVALID_ARGUMENT.
 * The same handle at each call; only the stream's end frees it, and omz_finalize and omz_abort refuse it.
 * OMZ_E_INVALID_ARGUMENT lists the existing keys. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_array_stream(uint64_t stream, const char* key, uint64_t* out_array);

/*
 * The flat form of both: omz_append_frame to the array of a key, for hosts that keep no second handle. Frames with metadata
 * go to the array's handle. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_append_frame_to(uint64_t stream, const char* key, const void* pixels, uint64_t size_bytes);

/*
 * Which way to hand frames in
 *   - Copied (omz_append_frame): the buffer is free again when the call returns. The simplest way, and the one to take unless the
 *     time of the copy matters (omz_stats.append_mean_ns).
 *   - Slots: the camera's software can write to any address. It is told the slots' addresses once (omz_list_slots), or fills one
 *     at a time. The memory is the library's and counts in its budget.
 *   - Borrowed: the camera's software has buffers of its own and wants them back, such as the DMA buffers of a frame grabber. Say
 *     in settings.pipeline.borrowed_buffers how many there are.
 */

/* ---- Frames without a copy: slots that a camera fills ------------------------------------------------------- */

/*
 * Every slot of the stream's ring, to be announced to a camera SDK once (GenTL DSAnnounceBuffer and the like): addresses
 * are page-aligned and stay fixed until the stream ends; out_slot_bytes (may be null) is the capacity of each. Fills at
 * most capacity addresses, of slots 0, 1, 2 and so on, and returns how many slots there are. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_list_slots(uint64_t stream, void** out_addresses, int32_t capacity, uint64_t* out_slot_bytes);

/*
 * Takes a free slot for the caller (or its camera) to write a frame into, waiting up to timeout_ms. The slot belongs to
 * the caller until it is committed or cancelled. out_capacity (may be null) receives its size in bytes. Any thread, also
 * while frames are appended. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_acquire_slot(uint64_t stream, int32_t timeout_ms, void** out_pixels, uint64_t* out_capacity,
                                          int32_t* out_slot);

/*
 * Hands in the frame that lies in an acquired slot; nothing is copied. Slots may be committed in any order: without an
 * index, frames are numbered in the order of their commits. frame may be null (a packed frame at the slot's start);
 * otherwise its pixels (null: the slot's start) must lie in the slot. If the frame is refused, the caller keeps
 * the slot; so also after OMZ_E_RING_FULL, which means no room for its metadata_json unless backpressure is "block". Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_commit_slot(uint64_t stream, int32_t slot, const omz_frame* frame);

/* Gives an acquired slot back unused. Since 1. */
OMZ_API int32_t OMZ_CALL omz_cancel_slot(uint64_t stream, int32_t slot);

/* ---- Frames without a copy: buffers borrowed from the caller ------------------------------------------------- */

/*
 * As omz_append_frame_ex, but the pixels are not copied; they are compressed in place. They must not change until
 * the token comes back: by omz_poll_released, or by the release callback. After OMZ_OK or OMZ_FRAME_METADATA_LOST each token
 * comes back exactly once, also when the stream fails, is finalized or aborted; after any other result it does not.
 *
 * A frame stays borrowed until the last chunk that it is part of is written. A host with fewer buffers than its chunks span says
 * how many it has in settings.pipeline.borrowed_buffers: frames are then copied by the workers as they come where that is needed,
 * so that the host never runs out of buffers, and the stream has no ring of its own. At most that many frames (256 without it)
 * are borrowed and not released at once, and at most 16384 tokens wait to be polled; then backpressure applies. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_append_borrowed(uint64_t stream, const omz_frame* frame, uint64_t token);

/*
 * Takes back up to capacity tokens whose frames are not used any more, waiting up to timeout_ms for the first.
 * *out_count tells how many (0 with OMZ_E_TIMEOUT). Any thread. After the stream has ended, its handle stays valid for
 * this call only, until every token was taken; then the call, even one that is waiting, returns OMZ_E_INVALID_HANDLE: no more
 * tokens will come. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_poll_released(uint64_t stream, uint64_t* out_tokens, int32_t capacity, int32_t timeout_ms,
                                           int32_t* out_count);

/*
 * Called from a worker thread for each released frame, instead of polling; several may run at the same time. It may queue
 * the buffer to the camera again, and must not call this library or block for long.
 */
typedef void (OMZ_CALL *omz_release_callback)(uint64_t token, void* user_data);

/* Sets (once, before the first borrowed frame) the stream's release callback. Since 1. */
OMZ_API int32_t OMZ_CALL omz_set_release_callback(uint64_t stream, omz_release_callback callback, void* user_data);

/* ---- The rest of a stream's life ----------------------------------------------------------------------------- */

/*
 * Skips the next count frames (1 to 1073741824): they read as the fill value 0, and a chunk without any frame is
 * not stored. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_skip_frames(uint64_t stream, uint64_t count);

/*
 * The number of the frame that a call without an index appends next; with settings.pipeline.producers > 1, the number behind the
 * highest that was sorted into its chunk. 0 for a new dataset. When settings.resume went on with a dataset that was there, the
 * first frame that it lacks: whoever can give it again should, whoever cannot goes on with the next one he has. Of a stream with
 * arrays, give the handle of one. Any thread. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_next_frame(uint64_t stream, int64_t* out_index);

/*
 * Acquisition-wide metadata: the JSON value is stored in the root's attributes under its namespace, replacing what
 * the same namespace held; stored with the next flush. "ome", "zarr", "ome_writers" and "omezarr_native" are reserved.
 * Only before omz_finalize. At most 8 MiB; OMZ_E_OUT_OF_MEMORY when all metadata together are more than the library's
 * heap has room for. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_set_metadata(uint64_t stream, const char* name_space, const char* json);

/*
 * The same for one image: stored in the attributes of its group. image is the group's path, such as "Pos0" or "A/1/fov0"
 * (docs/layouts.md; "" for an image at the root), or the name of a position that has one image; OMZ_E_INVALID_ARGUMENT when
 * there is none. For an image at the root both calls set the same attributes, and this one takes precedence. With an array's
 * handle only that array's images are searched, so that a position's name suffices even if several cameras have it. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_set_image_metadata(uint64_t stream, const char* image, const char* name_space, const char* json);

/* The longest reason of omz_set_end_reason, in bytes without the closing 0. */
#define OMZ_END_REASON_MAX_BYTES 1024

/*
 * Says why the host is about to end the stream early: an error of a camera or a stage, an exception, a user who stopped it.
 * The text is kept in the metadata when the stream ends. Replaces an earlier one; null or "" removes it. With an array's
 * handle it applies to the whole stream, too. OMZ_E_INVALID_ARGUMENT when it is not UTF-8 or longer than
 * OMZ_END_REASON_MAX_BYTES, OMZ_E_FINALIZED once the end has begun. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_set_end_reason(uint64_t stream, const char* reason);

/*
 * Waits until every chunk that is complete now, of every resolution level, is stored and visible to readers, and
 * durable when settings.durability.fsync is "flush". Frames of incomplete chunks stay in memory. A shard that cannot be
 * published before it is complete (docs/shard-files.md: no holes in files, a limit on their size, very many publications)
 * becomes visible later; shapes never reach beyond what is visible. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_flush(uint64_t stream, int32_t timeout_ms);

/*
 * Stores everything that was appended, on all resolution levels, completes the metadata, ends the workers and frees the handle.
 * Returns OMZ_OK or the first error that the stream ever met. It waits for the store at most
 * settings.pipeline.finalize_timeout_ms: OMZ_E_TIMEOUT leaves the handle valid and the stream ending, so that the call can be
 * repeated (or omz_finalize_poll called, or omz_abort). May be called from any thread. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_finalize(uint64_t stream);

/* Begins to finalize and returns at once. Further frames are refused with OMZ_E_FINALIZED. Since 1. */
OMZ_API int32_t OMZ_CALL omz_finalize_begin(uint64_t stream);

/*
 * Waits for a finalize or an abort that was begun. OMZ_E_TIMEOUT: still in progress, *out_progress (may be null) is between 0
 * and 1 and the handle stays valid, as it does after OMZ_E_INVALID_ARGUMENT (a bad time-out, or no end has begun). Any other
 * result is that of omz_finalize, and the handle is freed. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_finalize_poll(uint64_t stream, int32_t timeout_ms, double* out_progress);

/*
 * Stops now: frames of incomplete chunks are given up, everything written stays readable. Frees the handle.
 * OMZ_OK also when the stream had failed before. It waits for the store's pending operations, at most
 * settings.pipeline.finalize_timeout_ms: OMZ_E_TIMEOUT leaves the handle valid, as with omz_finalize. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_abort(uint64_t stream);

/* Begins to abort and returns at once; omz_finalize_poll waits for the end, and returns OMZ_E_FINALIZED for it. Since 1. */
OMZ_API int32_t OMZ_CALL omz_abort_begin(uint64_t stream);

/* ---- Statistics and errors of a stream ---------------------------------------------------------------------- */

/*
 * Set struct_size with OMZ_STATS_INIT before the call. Counters only grow; times are in nanoseconds. A frame counts when its
 * chunks of full resolution do; its lower resolution levels may follow a moment later, and omz_flush waits for them.
 */
/* The value of a statistic that is not known. */
#define OMZ_UNKNOWN UINT64_MAX

typedef struct omz_stats {
    uint32_t struct_size;          /* sizeof(omz_stats)                                                             */
    uint32_t active_workers;       /* workers not asleep                                                            */
    uint64_t frames_appended;      /* accepted                                                                      */
    uint64_t frames_encoded;       /* whose every chunk has been encoded                                            */
    uint64_t frames_written;       /* whose every chunk has been handed to the store                                */
    uint64_t frames_skipped;
    uint64_t frames_dropped;
    uint64_t bytes_in;             /* pixels accepted                                                               */
    uint64_t bytes_out;            /* chunks and shard indexes of all levels handed to the store                    */
    uint64_t chunks_written;       /* of all levels                                                                 */
    uint64_t ring_capacity;        /* slots                                                                         */
    uint64_t ring_occupancy;       /* slots in use                                                                  */
    uint64_t ring_high_water;      /* the most slots ever in use                                                    */
    uint64_t ring_waits;           /* appends that found no free slot                                               */
    uint64_t ring_wait_ns;         /* their waiting time, summed                                                    */
    uint64_t append_last_ns;       /* duration of the last append                                                   */
    uint64_t append_mean_ns;
    uint64_t append_p50_ns;
    uint64_t append_p99_ns;
    uint64_t append_max_ns;
    uint64_t memory_bytes;         /* native memory held by the stream now                                          */
    uint64_t errors;               /* 0 or 1 sticky error, and the appends refused because of it                     */
    uint64_t managed_bytes_allocated; /* by the library's own runtime in this process since its first stream: stays */
    uint64_t gc_collections;       /* as it is while a stream runs steadily; its garbage collections since then      */
    uint64_t frames_borrowed;      /* of frames_appended, those that were lent                                      */
    uint64_t borrowed_held;        /* lent and not given back                                                       */
    uint64_t borrowed_capacity;    /* the most frames lent at once                                                  */
    uint64_t free_bytes;           /* that can still be written where the dataset lies; a second old at most        */
    uint64_t seconds_left;         /* that they last at the rate of the last ten seconds; OMZ_UNKNOWN: nothing is written now */
    uint64_t bytes_to_come;        /* the most that chunks and indexes will still take; OMZ_UNKNOWN: unbounded      */
    uint64_t frames_metadata_lost; /* of frames_appended, those without some of their metadata                      */
    uint64_t next_frame;           /* as omz_next_frame tells; of a stream with arrays OMZ_UNKNOWN: each array has its own */
} omz_stats;
#define OMZ_STATS_INIT { OMZ_SIZE(omz_stats), 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u }

/*
 * Fills as many fields as out_stats->struct_size covers. Of a stream with arrays: the sums over them; the room of the store is the
 * whole stream's, also of an array. What is not known is OMZ_UNKNOWN. Also after the stream has ended: the last values, until
 * some thousands of other streams have ended; then OMZ_E_INVALID_HANDLE. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_get_stats(uint64_t stream, omz_stats* out_stats);

/*
 * The same as a JSON object with the same names, two-call form; what is not known is null. Of a stream with arrays it has those of each, too:
 * "arrays": [{"key": ..., ...}]. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_get_stats_json(uint64_t stream, char* buffer, int32_t capacity);

/* The stream's first error ("" when there is none), two-call form as omz_last_error. Also after its end. Since 1. */
OMZ_API int32_t OMZ_CALL omz_stream_error(uint64_t stream, char* buffer, int32_t capacity);

/*
 * The message of the last call with this handle that failed, whatever thread made it ("" when none has), two-call form as
 * omz_last_error. Time-outs of omz_poll_released and omz_finalize_poll do not count. Also after the stream has ended, until a
 * thousand other streams have failed calls; then OMZ_E_INVALID_HANDLE. An array's handle has messages of its own. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_stream_last_error(uint64_t stream, char* buffer, int32_t capacity);

/*
 * Metadata of a dataset that no stream is writing, of any writer: the JSON value is stored in the attributes of one of its groups
 * or arrays, replacing what the same namespace held, in one step and durably. path is that of the dataset's folder, group that of
 * the group below it, such as "A/1/0"; null or "" is the root. Names and sizes as for omz_set_metadata. OMZ_E_ALREADY_EXISTS while
 * a stream, of this process or another, writes the dataset: it has omz_set_metadata. OMZ_E_NOT_FOUND: nothing is there, or no such
 * group; OMZ_E_FORMAT: it is not Zarr v3; OMZ_E_TIMEOUT: it may be done yet. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_set_dataset_metadata(
    const char* path, const char* group, const char* name_space, const char* json, int32_t timeout_ms);

/* ---- Reading datasets ---------------------------------------------------------------------------------------- */

/*
 * Opens a dataset in OME-Zarr 0.5 or 0.6rc0 of any writer, also one that is being written, or a Zarr v3 array by itself. path
 * is that of its folder, or of an .ozx file that holds it. The dataset belongs to the caller until omz_close; any number of threads may read from it at the same time. Its
 * metadata is read now and by omz_refresh. OMZ_E_NOT_FOUND: nothing of Zarr v3 is there; OMZ_E_FORMAT: it is not valid, or a
 * codec, data type or layout is not supported, and the message names it. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_open(const char* path, int32_t timeout_ms, uint64_t* out_dataset);

/*
 * Opens the dataset of a stream that is open in this process. Of full resolution, every frame can be read whose append has
 * returned, also those that are still in the ring or whose chunks are not complete: they are copied from the stream's memory, and
 * the thread that appends waits for none of it. omz_refresh brings the newest frames; what a shape covers stays readable, also
 * after omz_finalize. Resolution levels are read as they are stored. Closed by omz_close, before or after the stream's end.
 * Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_open_stream(uint64_t stream, int32_t timeout_ms, uint64_t* out_dataset);

/*
 * What there is, as JSON (docs/reading.md), two-call form as omz_describe_layout.
 * image -1: the dataset: "kind" (image, collection, plate or array), "version", "complete" (null when its writer does not
 * say), "images": [{"path", and of a plate "well", "row", "column", "field"}], "plate", "missing_frames": [[first, count]],
 * and its other "attributes".
 * image 0 and more: that image: "name", "axes": [{"name", "type", "unit"}], "levels": [{"path", "shape", "data_type",
 * "element_bytes", "chunk_shape", "shard_shape", "codecs", "scale", "translation"}], "channels": [{"label", "color", "window",
 * "active", "inverted"}], and its other "attributes". What is not known is null. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_dataset_json(
    uint64_t dataset, int32_t image, int32_t timeout_ms, char* buffer, int32_t capacity);

/*
 * Reads a part of a level of an image: along each of its axes, count elements from start on, step apart. Numbers have the
 * machine's byte order; bool has a byte. step null: 1. strides: bytes from one element to the next in the buffer along each
 * axis, not negative; null: C order without gaps. size_bytes: of the whole buffer, which must hold the region. Only the chunks
 * that the region touches are read, by several threads, and their checksums are verified.
 * Chunks that are not stored read as the fill value: *out_missing_chunks (may be null) is their number.
 * OMZ_E_TIMEOUT: the buffer has any content, and is not touched any more. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_read_region(
    uint64_t dataset, int32_t image, int32_t level, int32_t axes, const int64_t* start, const int64_t* count,
    const int64_t* step, void* buffer, uint64_t size_bytes, const int64_t* strides, int32_t timeout_ms,
    uint64_t* out_missing_chunks);

/*
 * Reads a whole plane of the last two axes (y and x) in C order. index counts the planes of the image in the order of its array,
 * the last axis before them fastest. Everything else as omz_read_region. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_read_frame(
    uint64_t dataset, int32_t image, int32_t level, int64_t index, void* buffer, uint64_t size_bytes, int32_t timeout_ms,
    uint64_t* out_missing_chunks);

/* The same by coordinates: an index for each axis but the last two, such as t, c and z. Since 1. */
OMZ_API int32_t OMZ_CALL omz_read_frame_at(
    uint64_t dataset, int32_t image, int32_t level, const int64_t* indices, int32_t index_count, void* buffer,
    uint64_t size_bytes, int32_t timeout_ms, uint64_t* out_missing_chunks);

/*
 * What is known of a frame beside its pixels, as a JSON object, two-call form: "image" and "storage_index" (where it is), the
 * properties of omz_frame that are known, and the members of its JSON. {} when nothing is. frame counts the frames in the
 * order of the acquisition. array: the camera's key in a dataset with several, otherwise null. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_frame_metadata(
    uint64_t dataset, const char* array, int64_t frame, int32_t timeout_ms, char* buffer, int32_t capacity);

/*
 * Looks at the store anew: a dataset that is being written has grown. *out_changed (may be null) is 1 when metadata has changed.
 * When this fails, nothing has. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_refresh(uint64_t dataset, int32_t timeout_ms, int32_t* out_changed);

/* Closes a dataset. Calls that are running on other threads end first, in their own time. Since 1. */
OMZ_API int32_t OMZ_CALL omz_close(uint64_t dataset);

/* ---- Logging ------------------------------------------------------------------------------------------------- */

#define OMZ_LOG_DEBUG   0
#define OMZ_LOG_INFO    1
#define OMZ_LOG_WARNING 2
#define OMZ_LOG_ERROR   3

/* How long the calls below wait for an earlier callback or file, in milliseconds. */
#define OMZ_LOG_WAIT_MS 5000

/*
 * Called from a thread of the library that does nothing else, one line after another; the text is valid during the call
 * only. No other thread waits for it: while it blocks, up to 1024 lines are queued, and later a line tells how many were
 * lost. It must not call back into the library, except for omz_version, omz_abi_version and omz_status_name.
 */
typedef void (OMZ_CALL *omz_log_callback)(int32_t level, const char* message, void* user_data);

/*
 * Sets or (null) removes the process's log callback. Earlier lines go to the earlier callback: returns OMZ_OK once it has
 * received them and is no longer running. OMZ_E_TIMEOUT when one has not returned within OMZ_LOG_WAIT_MS: the new callback is in
 * force, the earlier one gets no further line, and what it uses must stay valid until another call (also of null) returns
 * OMZ_OK. From within a callback: OMZ_E_BUSY, and nothing is changed. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_set_log_callback(omz_log_callback callback, int32_t min_level, void* user_data);

/*
 * Appends log lines to a file, which is created if necessary; null ends it. Waits as omz_set_log_callback does until an
 * earlier file has its lines and is closed; exit() waits a second for it. OMZ_E_INVALID_ARGUMENT when the path is not a regular
 * file (a folder, a pipe, a device) or its folder does not exist, OMZ_E_ACCESS_DENIED or OMZ_E_IO when the system refuses it:
 * then nothing is changed. Lines that cannot be written later on (a full disk) are lost and counted. Since 1.
 */
OMZ_API int32_t OMZ_CALL omz_set_log_file(const char* path, int32_t min_level);

#ifdef __cplusplus
}
#endif

#endif
