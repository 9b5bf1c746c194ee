using System.Buffers.Binary;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Simulation.Workload;
using OmeZarr.Zarr;

namespace OmeZarr.Simulation.Oracles;

/// <summary>
/// Checks what a reader sees of the frame metadata. A reader that finds a frame's row in <c>image</c> must find all of it; a
/// reader that finds a text's length must find the text. Values may be there before the row, and must be correct then, too.
/// </summary>
internal sealed class FrameMetadataOracle(CameraPlan camera, FrameBook book)
{
    public void Check(Func<string, byte[]?> get, Stage stage)
    {
        var arrays = new Dictionary<string, byte[]>();
        foreach (var name in Names())
        {
            if (get($"{FrameTableLayout.PathOf(camera)}/{name}/{ArrayMetadata.Key}") is null)
                continue;
            using var reader = ArrayReader.Open(get, $"{FrameTableLayout.PathOf(camera)}/{name}");
            arrays[name] = reader.ReadAll();
        }

        for (var frame = 0; frame < book.Frames; frame++)
            Check(arrays, frame, stage);
    }

    private void Check(Dictionary<string, byte[]> arrays, int frame, Stage stage)
    {
        var image = Int32(arrays, FrameTableLayout.Image, frame, -1);
        var length = (int)(uint)Int32(arrays, FrameTableLayout.JsonLength, frame, 0);
        var isThere = image >= 0;
        if (isThere && (book[frame] is not (Fate.Taken or Fate.Offered) || !book.IsDescribed(frame)))
            throw Broken($"frame {frame} ({book[frame]}) has a row, and nothing came with it");
        if (isThere && image != camera.FirstImage + camera.Router.Locate(frame, new long[Math.Max(1, camera.Router.FrameAxes)]))
            throw Broken($"frame {frame} is said to be of image {image}");
        var text = book.TextOf(frame);
        if (length > 0)
            CheckText(arrays, frame, length, text);
        else if (isThere && text is not null)
            throw Broken($"frame {frame} has a row and lacks its text");
        var properties = book.PropertiesOf(frame);
        foreach (var (property, name) in FramePropertyNames.Numbers)
            CheckNumber(arrays, frame, name, isThere, properties.Knows(property) ? properties.Number(property) : double.NaN);
        if (!isThere && book.IsDescribed(frame) && book[frame] == Fate.Taken && (stage.IsComplete || IsPromised(frame, stage)))
            throw Broken($"what came with frame {frame} is not there, and was promised to be");
    }

    // If an abort gives up pixels, it gives up their metadata, too.
    private bool IsPromised(int frame, Stage stage) =>
        stage.IsEnding ? book.MustBeThere(frame) && book.MustBeDescribed(frame) : book.MustBeDescribed(frame);

    private static void CheckText(Dictionary<string, byte[]> arrays, int frame, int length, byte[]? text)
    {
        var offset = (long)(arrays.TryGetValue(FrameTableLayout.JsonOffset, out var offsets) && 8 * frame + 8 <= offsets.Length
            ? BinaryPrimitives.ReadUInt64LittleEndian(offsets.AsSpan(8 * frame)) : 0);
        var all = arrays.GetValueOrDefault(FrameTableLayout.Json) ?? [];
        if (text is null)
            throw Broken($"frame {frame} has a text of {length} bytes, and none came with it");
        if (length != text.Length || offset + length > all.Length || !all.AsSpan((int)offset, length).SequenceEqual(text))
            throw Broken(
                $"the text of frame {frame}, {length} bytes at {offset} of {all.Length}, is not that of {text.Length} bytes "
                + $"which came with it");
    }

    private static void CheckNumber(Dictionary<string, byte[]> arrays, int frame, string name, bool isThere, double expected)
    {
        var seen = arrays.TryGetValue(name, out var numbers) && 8 * frame + 8 <= numbers.Length
            ? BinaryPrimitives.ReadDoubleLittleEndian(numbers.AsSpan(8 * frame)) : double.NaN;
        if (double.IsNaN(seen) && isThere && !double.IsNaN(expected))
            throw Broken($"frame {frame} has a row and lacks its {name}");
        if (!double.IsNaN(seen) && seen != expected)
            throw Broken($"frame {frame} has {name} {seen}, which is {expected}");
    }

    private static int Int32(Dictionary<string, byte[]> arrays, string name, int frame, int without) =>
        arrays.TryGetValue(name, out var bytes) && 4 * frame + 4 <= bytes.Length
            ? BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * frame)) : without;

    private static IEnumerable<string> Names() =>
    [
        FrameTableLayout.Image, FrameTableLayout.JsonOffset, FrameTableLayout.JsonLength, FrameTableLayout.Json,
        .. FramePropertyNames.Numbers.Select(number => number.Name),
    ];

    private static ViolationException Broken(string message) => new(new Violation(Rules.FrameMetadata, message));
}
