using System.Globalization;
using System.Text;
using OmeZarr.Storage.FileSystem;

namespace OmeZarr.Storage.Tests.FileSystem;

/// <summary>
/// The program that <see cref="BeginKillTests"/> starts and kills: it replaces a dataset by the next one, for ever. Which one a
/// folder holds, and whether it is whole, can be told from the folder alone.
/// </summary>
internal static class KilledBeginning
{
    public const string Mode = "begin";

    private static readonly string[] Arrays = ["0", "1", "A/1/0"];

    /// <summary>Prints the number of each dataset once it stands.</summary>
    public static int Run(string root, string firstNumber)
    {
        for (var number = int.Parse(firstNumber, CultureInfo.InvariantCulture); ; number++)
        {
            using var store = new FileSystemStore(root);
            store.Begin(overwrite: true, Documents(number));
            store.Commit();
            Console.Out.WriteLine($"0 {number}");
            foreach (var array in Arrays)
                store.Put($"{array}/c/0", Encoding.ASCII.GetBytes($"{number}"), durable: false);
        }
    }

    /// <summary>The number of the dataset in a folder, of which every document must be there and be of the same one.</summary>
    public static int NumberOf(string root)
    {
        var number = int.Parse(File.ReadAllText(Path.Join(root, "zarr.json")).Split(' ')[1], CultureInfo.InvariantCulture);
        foreach (var document in Documents(number))
            Assert.That(File.ReadAllBytes(Path.Join(root, document.Key)), Is.EqualTo(document.Value.ToArray()), document.Key);
        foreach (var chunk in Arrays.Select(array => Path.Join(root, array, "c", "0")).Where(File.Exists))
            Assert.That(File.ReadAllText(chunk), Is.EqualTo($"{number}"), "a chunk of another dataset");
        return number;
    }

    private static StoredObject[] Documents(int number) =>
    [
        .. Arrays.Select(array => new StoredObject($"{array}/zarr.json", Encoding.ASCII.GetBytes(
            $$"""{"node_type": "array", "shape": [1], "chunk_key_encoding": {"name": "default"}, "number": {{number}}}"""))),
        new StoredObject("zarr.json", Encoding.ASCII.GetBytes($"group {number} ")),
    ];
}
