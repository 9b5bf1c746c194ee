using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition.Tests;

/// <summary>
/// Any name becomes a path that every file system, every URL and Zarr take as it stands, and no two become the same.
/// </summary>
public class PathNamesTests
{
    private const string Frame = """{"name": "y", "count": 8}, {"name": "x", "count": 8}""";

    private static readonly string[] Devices =
    [
        "CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(number => new[] { $"COM{number}", $"LPT{number}" }),
    ];

    // Of what is refused or renamed anywhere, and of what is allowed beside it.
    private static readonly string[] Pieces =
    [
        "Pos", "a", "A", "b", "1", "_", "__", "-", ".", "..", " ", "#", "%", "%2F", "/", "\\",
        ":", "*", "?", "\"", "<", ">", "|", "~",
        "&", "+", "'", "\t", "\n", "\u0000", "\u007F", "con", "NUL", "com1", "COM¹", "zarr.json", ".zarray",
        "OME", "ome", "c", "0",
        "é", "e\u0301", "É", "ß", "SS", "ﬁ", "İ", "i", "ı", "K", "Å", "Å", "µ", "μ", "位置", "左", "😀",
        "\u200B", "\uFEFF", "\uD800",
    ];

    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.Elements(Pieces).ListOf().Select(string.Concat),
        Gen.Elements(Pieces),
        from piece in Gen.Elements(Pieces)
        from times in Gen.Choose(1, 400)
        select string.Concat(Enumerable.Repeat(piece, times)),
        Gen.Choose(0, 0x2FFF).Select(character => ((char)character).ToString()).ListOf().Select(string.Concat));

    [TestCase("Pos0", "Pos0")]
    [TestCase("Pos #1", "Pos-1")]
    [TestCase("#1", "1")]
    [TestCase("50% EtOH", "50-EtOH")]
    [TestCase("10 µm, Zürich", "10-um-Zurich")]
    [TestCase("Straße", "Strasse")]
    [TestCase("..", "")]
    [TestCase(".hidden", "hidden")]
    [TestCase("ends.", "ends")]
    [TestCase("../../etc/passwd", "etc-passwd")]
    [TestCase("C:\\data", "C-data")]
    [TestCase("__reserved", "_reserved")]
    [TestCase("nul.txt", "_nul.txt")]
    [TestCase("ZARR.JSON", "_ZARR.JSON")]
    [TestCase("位置", "")]
    [TestCase("__", "")]
    public void ShouldLeaveWhatIsTheSameEverywhere(string name, string path) =>
        Assert.That(PathNames.Of(name, 200), Is.EqualTo(path));

    [Test]
    public void ShouldMakeOfAnyTextWhatEverySystemTakesAsItStands() => Prop.ForAll(Name.ToArbitrary(), name =>
    {
        var path = PathNames.Of(name, 20);
        return path.Length == 0 || (IsPortable(path) && path.Length <= 21 && PathNames.Of(path, 21) == path);
    }).QuickCheckThrowOnFailure();

    /// <summary>Texts that a reader may find equal, or a file system may write alike, have the same name.</summary>
    [TestCase("caf\u00e9", "cafe\u0301")]
    [TestCase("\u212B", "\u00C5")]
    [TestCase("\u00B5", "\u03BC")]
    public void ShouldNotDependOnTheFormOfUnicode(string one, string other) =>
        Assert.That(PathNames.Of(one, 200), Is.EqualTo(PathNames.Of(other, 200)).And.Not.Empty);

    [Test]
    public void ShouldGiveEveryPositionAPathOfItsOwnAndKeepItsName() => Prop.ForAll(Names(1, 8), names =>
    {
        var document = Document.Of($$"""
            [{"name": "p", "type": "position", "coords": {{Json(names)}} }, {"name": "angle/2", "count": 2}, {"name": "c", "count": 2}, {{Frame}}]
            """);
        var plan = Document.Plan(document);
        var written = Written.Of(plan);
        return ArePathsOfTheirOwn(plan)
            && plan.Images.Select(image => image.Path).SequenceEqual(Document.Plan(document).Images.Select(image => image.Path))
            && plan.Images.All(image => written.Own(image.Path)["position"]!["name"]!.GetValue<string>() == image.Position!.Name)
            && plan.Images.Select(image => image.Position!.Name).Distinct().SequenceEqual(names)
            && written.Xml().Descendants().Count(element => element.Name.LocalName == "Image") == plan.Images.Length;
    }).QuickCheckThrowOnFailure();

    [Test]
    public void ShouldGiveEveryCameraAPathOfItsOwnAndKeepItsKey() => Prop.ForAll(Names(1, 5), Names(0, 3), (keys, positions) =>
    {
        var distinct = keys.DistinctBy(key => key.ToUpperInvariant()).ToArray();
        var place = positions.Length == 0 ? "" : $$"""{"name": "p", "type": "position", "coords": {{Json(positions)}} }, """;
        var arrays = string.Join(", ", distinct.Select(key =>
            $$"""{"key": {{JsonValue.Create(key)!.ToJsonString()}}, "dtype": "uint8", "dimensions": [{{place}}{{Frame}}]}"""));
        var plan = Document.Plan($$"""{"root_path": "x", "arrays": [{{arrays}}]}""");
        var written = Written.Of(plan);
        return ArePathsOfTheirOwn(plan)
            && plan.Cameras.All(camera => IsPortable(camera.Path))
            && plan.Cameras.Select(camera => camera.Path.ToUpperInvariant()).Distinct().Count() == plan.Cameras.Length
            && written.Own("")["arrays"]!.AsArray().Select(array => array!["key"]!.GetValue<string>()).SequenceEqual(distinct)
            && plan.Images.All(image => written.Own(image.Path)["array"]!.GetValue<string>() == image.Camera);
    }).QuickCheckThrowOnFailure();

    private static bool ArePathsOfTheirOwn(AcquisitionPlan plan) =>
        (plan.Structure == DatasetStructure.Image || plan.Images.All(image => IsPortable(image.Path)))
            && plan.Images.Select(image => image.Path.ToUpperInvariant()).Append("OME").Distinct().Count()
                == plan.Images.Length + 1;

    /// <summary>Written from the rules of the systems, not from the code.</summary>
    private static bool IsPortable(string name) =>
        // RFC 3986: unreserved characters need no escaping; '~' is the home of a shell.
        name.All(character => char.IsAsciiLetterOrDigit(character) || "-_.".Contains(character))
            // Windows: no full stop or space at the end, no device with or without an extension. Unix: not hidden.
            && name[^1] != '.' && name[0] != '.' && name.Length <= 240
            && !Devices.Contains(name.Split('.')[0], StringComparer.OrdinalIgnoreCase)
            // Zarr 3: not only full stops, not "__…", nor its metadata.
            && !name.StartsWith("__", StringComparison.Ordinal) && !name.Equals("zarr.json", StringComparison.OrdinalIgnoreCase);

    private static Arbitrary<string[]> Names(int least, int most) => (
        from count in Gen.Choose(least, most)
        from names in Name.Where(IsPossible).ArrayOf(count)
        select names.Distinct().ToArray()).ToArbitrary();

    // What JSON can say, of at most 200 bytes, and with something to see.
    private static bool IsPossible(string name) =>
        !name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar) && Encoding.UTF8.GetByteCount(name) <= Limits.NameBytes
            && name.EnumerateRunes().Any(rune => !Rune.IsWhiteSpace(rune)
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format));

    private static string Json(string[] names) => new JsonArray([.. names.Select(name => JsonValue.Create(name))]).ToJsonString();
}
