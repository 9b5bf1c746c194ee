using System.Text;

namespace OmeZarr.Harness;

/// <summary>Writes calls as the file that native/camera.c plays.</summary>
public static class CameraScript
{
    private const ulong Magic = 0x6172656d6163;
    private const int Alignment = 64;

    public static void Write(string file, IReadOnlyList<CameraCall> calls)
    {
        using var texts = new MemoryStream();
        using var pixels = new MemoryStream();
        using var table = new MemoryStream();
        using (var writer = new BinaryWriter(table, Encoding.UTF8, leaveOpen: true))
        {
            foreach (var call in calls)
                Write(writer, call, texts, pixels);
        }

        using var output = new BinaryWriter(File.Create(file));
        const int header = 4 * sizeof(ulong);
        var textsAt = header + table.Length;
        var pixelsAt = (textsAt + texts.Length + Alignment - 1) / Alignment * Alignment;
        output.Write(Magic);
        output.Write((ulong)calls.Count);
        output.Write((ulong)textsAt);
        output.Write((ulong)pixelsAt);
        output.Write(table.GetBuffer().AsSpan(0, (int)table.Length));
        output.Write(texts.GetBuffer().AsSpan(0, (int)texts.Length));
        output.Write(new byte[pixelsAt - textsAt - texts.Length + (pixels.Length == 0 ? 1 : 0)]);
        output.Write(pixels.GetBuffer().AsSpan(0, (int)pixels.Length));
    }

    private static void Write(BinaryWriter writer, CameraCall call, MemoryStream texts, MemoryStream pixels)
    {
        writer.Write((int)call.Kind);
        writer.Write(call.Thread);
        writer.Write((long)call.Camera);
        writer.Write(call.Number);
        writer.Write((ulong)pixels.Length);
        writer.Write((ulong)(call.Frame?.Pixels.Length ?? 0));
        writer.Write((ulong)(call.Frame?.RowStride ?? 0));
        var text = call.Text ?? call.Frame?.Json;
        writer.Write(text is null ? -1 : texts.Length);
        writer.Write(call.Frame?.Flags ?? 0);
        writer.Write(call.PauseUs);
        foreach (var number in call.Frame?.Numbers ?? new double[5])
            writer.Write(number);
        writer.Write(call.Frame?.TimestampNs ?? 0);
        if (text is not null)
            texts.Write(Encoding.UTF8.GetBytes(text + '\0'));
        if (call.Frame is not { } frame)
            return;
        pixels.Write(frame.Pixels);
        // A borrowed frame may begin anywhere that its elements may.
        pixels.SetLength((pixels.Length + Alignment - 1) / Alignment * Alignment);
        pixels.Position = pixels.Length;
    }
}
