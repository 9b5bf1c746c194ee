/* Frames with padded rows: exactly the pixels between the paddings are stored, and not one byte beyond the last row is read. */
#include "platform.h"
#include "support.h"

#include <string.h>

static int32_t append_strided(uint64_t stream, uint64_t seed, uint64_t stride)
{
    enum { ROW = WIDTH * 2 };
    uint16_t packed[PIXELS];
    size_t bytes = (size_t)((HEIGHT - 1) * stride + ROW);
    uint8_t* padded = before_a_forbidden_page(bytes);
    omz_frame frame = OMZ_FRAME_INIT;
    fill(packed, PIXELS, seed);
    memset(padded, 0xEE, bytes);
    for (size_t row = 0; row < HEIGHT; row++)
        memcpy(padded + row * stride, packed + row * WIDTH, ROW);
    frame.pixels = padded;
    frame.size_bytes = bytes;
    frame.row_stride = stride;
    return omz_append_frame_ex(stream, &frame);
}

int main(int argc, char** argv)
{
    enum { ROW = WIDTH * 2 };
    static const uint64_t strides[] = {ROW, ROW + 1, ROW + 2, ROW + 32, 128, 4096, 65536};
    enum { COUNT = sizeof strides / sizeof strides[0] };
    uint16_t pixels[PIXELS];
    omz_frame frame = OMZ_FRAME_INIT;
    uint64_t stream;
    begin(argc, argv);
    stream = create(settings_of("stride", COUNT + 1, ""));
    for (int i = 0; i < COUNT; i++)
        CHECK_STATUS(append_strided(stream, (uint64_t)i, strides[i]), OMZ_OK);

    fill(pixels, PIXELS, 99);
    frame.pixels = pixels;
    frame.size_bytes = sizeof pixels;
    frame.row_stride = ROW - 1; /* shorter than a row */
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_E_FRAME_SIZE);
    frame.row_stride = ROW + 2; /* more rows than there are bytes for */
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_E_FRAME_SIZE);
    frame.row_stride = UINT64_MAX; /* (height - 1) x stride must not wrap around */
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_E_FRAME_SIZE);
    frame.row_stride = UINT64_MAX / (HEIGHT - 1) + 1;
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_E_FRAME_SIZE);
    frame.row_stride = 0;
    frame.flags = 1u << 30; /* not defined */
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_E_INVALID_ARGUMENT);
    frame.flags = 0;
    CHECK_STATUS(omz_append_frame_ex(stream, &frame), OMZ_OK);

    CHECK_STATUS(omz_finalize(stream), OMZ_OK);
    for (int i = 0; i < COUNT; i++)
        CHECK(is_stored("stride", i, (uint64_t)i));
    CHECK(is_stored("stride", COUNT, 99));
    return done();
}
