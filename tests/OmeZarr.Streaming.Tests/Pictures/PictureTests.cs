using OmeZarr.Storage;

namespace OmeZarr.Streaming.Tests.Pictures;

/// <summary>
/// What is seen at first of datasets of all kinds. The sheet in tests/data/pictures was looked at picture by picture, beside what
/// a viewer in a browser draws; its README says how to make it, and the datasets, again.
/// </summary>
public class PictureTests
{
    private const int Edge = 40;

    /// <summary>With a folder in it, the datasets and the sheet are written there.</summary>
    private const string FolderVariable = "OMEZARR_PICTURES";

    [Test]
    public void ShouldBeSeenAsInThePicturesThatWereLookedAt()
    {
        byte[][] pictures = [.. Specimens.All.Select(Drawn)];
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
            File.WriteAllBytes(Path.Combine(folder, "specimens.png"), PngSheet.Write(pictures, Edge));
        var sheet = File.ReadAllBytes(Path.Combine(Repository(), "tests", "data", "pictures", "specimens.png"));
        Assert.Multiple(() =>
        {
            for (var i = 0; i < pictures.Length; i++)
            {
                var seen = PngSheet.Read(sheet, i, Edge);
                // One step more or less: a rounded number may lie between two.
                Assert.That(pictures[i].Select(PngSheet.Rounded).Zip(seen).All(pair => Math.Abs(pair.First - pair.Second) <= 17),
                    Is.True, $"{Specimens.All[i].Name} looks otherwise");
            }
        });
    }

    [Test]
    public void ShouldShowSomethingOfEveryPictureInWhichThereIsSomething()
    {
        // The dim one of two positions has the window of both.
        string[] dark = ["all zero", "all equal", "no frame", "positions"];
        foreach (var specimen in Specimens.All.Where(specimen => !dark.Contains(specimen.Name)))
        {
            var picture = Drawn(specimen);
            Assert.That(picture.Max(), Is.GreaterThan(150), $"{specimen.Name} is dark");
            Assert.That(picture.Count(color => color < 100), Is.GreaterThan(picture.Length / 10),
                $"{specimen.Name} is washed out");
        }
    }

    private static byte[] Drawn(Specimen specimen)
    {
        var store = specimen.Write();
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
        {
            foreach (var key in store.Keys)
            {
                var file = Path.Combine(folder, $"{specimen.Name.Replace(' ', '-')}.ome.zarr", key);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, store.Get(key)!);
            }
        }

        return Viewer.Draw(store, specimen.Path, Edge);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OmeZarrNative.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
