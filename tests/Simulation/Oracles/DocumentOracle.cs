using System.Text.Json;
using OmeZarr.Simulation.Scheduling;
using OmeZarr.Zarr;

namespace OmeZarr.Simulation.Oracles;

/// <summary>Every document of the dataset can be read, also those that no other check looks at.</summary>
internal static class DocumentOracle
{
    public static void Check(IEnumerable<KeyValuePair<string, byte[]>> objects)
    {
        foreach (var (key, bytes) in objects)
        {
            if (key.EndsWith(ArrayMetadata.Key, StringComparison.Ordinal) && !IsDocument(bytes))
                throw new ViolationException(
                    new Violation(Rules.Documents, $"{key} has {bytes.Length} bytes, which are no document"));
        }
    }

    private static bool IsDocument(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
