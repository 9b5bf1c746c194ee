using System.Globalization;
using System.Text;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>
/// The program that <see cref="BeginKillTests"/> starts and kills: it replaces a dataset by the next one, for ever. Which one a folder
/// holds, and whether it is whole, can be told from the folder alone.
/// </summary>
internal static class KilledBeginning
{
    public const string Mode = "begin";

    private static readonly string[] s_arrays = ["0", "1", "A/1/0"];

    /// <summary>Prints the number of each dataset once it stands.</summary>
    public static int Run(string root, string firstNumber)
    {
        for (int number = int.Parse(firstNumber, CultureInfo.InvariantCulture); ; number++)
        {
            using FileSystemStore store = new(root);
            store.Begin(overwrite: true, Documents(number));
            store.Commit();
            Console.Out.WriteLine($"0 {number}");
            foreach (string array in s_arrays)
                store.Put($"{array}/c/0", Encoding.ASCII.GetBytes($"{number}"), durable: false);
        }
    }

    /// <summary>The number of the dataset in a folder, of which every document must be there and be of the same one.</summary>
    public static int NumberOf(string root)
    {
        int number = int.Parse(File.ReadAllText(Path.Join(root, "zarr.json")).Split(' ')[1], CultureInfo.InvariantCulture);
        foreach (StoredObject document in Documents(number))
            Assert.That(File.ReadAllBytes(Path.Join(root, document.Key)), Is.EqualTo(document.Value.ToArray()), document.Key);
        foreach (string chunk in s_arrays.Select(array => Path.Join(root, array, "c", "0")).Where(File.Exists))
            Assert.That(File.ReadAllText(chunk), Is.EqualTo($"{number}"), "a chunk of another dataset");
        return number;
    }

    private static StoredObject[] Documents(int number) =>
    [
        .. s_arrays.Select(array => new StoredObject($"{array}/zarr.json", Encoding.ASCII.GetBytes(
            $$"""{"node_type": "array", "shape": [1], "chunk_key_encoding": {"name": "default"}, "number": {{number}}}"""))),
        new StoredObject("zarr.json", Encoding.ASCII.GetBytes($"group {number} ")),
    ];
}
