using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using OmeZarr.Acquisition;

namespace OmeZarr.Harness;

/// <summary>
/// The arrays of what came with frames (docs/frame-metadata.md): a row that image shows is a row that all arrays have, and a text
/// whose length is told can be read. What image does not show yet may be there already, and then it is right.
/// </summary>
internal sealed class FrameTableCheck(
    CameraPlan plan, Acknowledged acknowledged, int camera, bool isFinal, ImageCheck pixels, DatasetReading reading,
    List<Problem> problems)
{
    private const int MostReported = 3;
    private const uint HasTimestamp = 32;

    private static readonly string[] Numbers = ["delta_t", "exposure_time", "position_x", "position_y", "position_z"];

    private readonly string _path = plan.Key.Length == 0 ? "OME/frame_metadata" : $"OME/frame_metadata/{plan.Key}";
    private int _reported;

    public void Check()
    {
        var fates = acknowledged.Cameras[camera];
        var images = Column<int>("image");
        var lengths = Column<uint>("json_length");
        var rows = Math.Max(images.Length, lengths.Length);
        for (var row = 0; row < rows; row++)
            CheckRow(row, fates.GetValueOrDefault(row));
        foreach (var (number, fate) in fates)
        {
            var isPromised = isFinal || fate.Ended < acknowledged.PromisedUntil;
            // An end that gives pixels up cuts off what came with them.
            var isGivenUp = acknowledged.IsEnding && !isFinal && !pixels.IsReadable(number);
            var mustBe = fate.IsAcknowledged && fate.Frame is { IsDescribed: true } && isPromised && !isGivenUp;
            if (mustBe && At(images, number, -1) == -1)
                Add("lost metadata", $"frame {number}: promised, and no row of image is there");
        }
    }

    private void CheckRow(int row, FrameFate? fate)
    {
        var known = Known(row).ToArray();
        if (known.Length == 0)
            return;
        if (fate is not { IsRefused: false, Frame: { IsDescribed: true } frame })
        {
            Add("torn metadata", $"frame {row} has {string.Join(", ", known)}, and nothing came with such a frame");
            return;
        }

        var isShown = known.Contains("image");
        var index = new long[Math.Max(1, plan.Router.FrameAxes)];
        var image = plan.FirstImage + plan.Router.Locate(row, index);
        Expect(row, isShown, "image", At(Column<int>("image"), row, -1), image, -1);
        for (var axis = 0; axis < plan.Router.FrameAxes; axis++)
        {
            var seen = At(Column<long>("storage_index"), (long)row * plan.Router.FrameAxes + axis, -1);
            Expect(row, isShown, "storage_index", seen, index[axis], -1);
        }

        for (var i = 0; i < Numbers.Length; i++)
        {
            var expected = (frame.Flags >> i & 1) != 0 ? frame.Numbers[i] : double.NaN;
            Expect(row, isShown, Numbers[i], At(Column<double>(Numbers[i]), row, double.NaN), expected, double.NaN);
        }

        var timestamp = (frame.Flags & HasTimestamp) != 0 ? frame.TimestampNs : long.MinValue;
        Expect(row, isShown, "timestamp_ns", At(Column<long>("timestamp_ns"), row, long.MinValue), timestamp, long.MinValue);
        Expect(row, isShown, "json", Text(row), frame.Json ?? "", "");
    }

    // The arrays that say anything of a frame.
    private IEnumerable<string> Known(int row)
    {
        if (At(Column<int>("image"), row, -1) != -1)
            yield return "image";
        if (At(Column<uint>("json_length"), row, 0u) != 0)
            yield return "json_length";
        foreach (var name in Numbers.Where(name => !double.IsNaN(At(Column<double>(name), row, double.NaN))))
            yield return name;
        if (At(Column<long>("timestamp_ns"), row, long.MinValue) != long.MinValue)
            yield return "timestamp_ns";
        if (plan.Router.FrameAxes > 0 && At(Column<long>("storage_index"), (long)row * plan.Router.FrameAxes, -1) != -1)
            yield return "storage_index";
    }

    private string Text(int row)
    {
        var length = At(Column<uint>("json_length"), row, 0u);
        var offset = At(Column<ulong>("json_offset"), row, 0ul);
        var all = Column<byte>("json");
        return offset + length > (ulong)all.Length
            ? $"(bytes {offset} to {offset + length} of {all.Length})"
            : Encoding.UTF8.GetString(all.Slice((int)offset, (int)length));
    }

    private void Expect<T>(int row, bool isShown, string name, T seen, T expected, T unknown)
    {
        var comparer = EqualityComparer<T>.Default;
        if (comparer.Equals(seen, expected) || (!isShown && comparer.Equals(seen, unknown)))
            return;
        var text = string.Create(CultureInfo.InvariantCulture, $"{seen}").Replace('\0', '0');
        Add("torn metadata",
            $"frame {row} is {(isShown ? "" : "not yet ")}shown by image; its {name} is '{text}' instead of '{expected}'");
    }

    private ReadOnlySpan<T> Column<T>(string name)
        where T : unmanaged =>
        reading.Arrays.TryGetValue($"{_path}/{name}", out var array) ? MemoryMarshal.Cast<byte, T>(array.Bytes) : [];

    private static T At<T>(ReadOnlySpan<T> column, long row, T missing) => row < column.Length ? column[(int)row] : missing;

    private void Add(string kind, string message)
    {
        if (_reported++ < MostReported)
            problems.Add(new Problem(kind, $"{_path}: {message} ({reading.Reader})"));
    }
}
