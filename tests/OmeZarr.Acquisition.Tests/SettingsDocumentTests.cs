using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Documents;

namespace OmeZarr.Acquisition.Tests;

/// <summary>The document as such: syntax, unknown keys, bounds, and hostile bytes.</summary>
public class SettingsDocumentTests
{
    [TestCase("{\n  \"root_path\": \"a\",\n  \"dtype\" \"uint16\"\n}", "not valid JSON at line 3, column 11: ")]
    [TestCase("", "not valid JSON at line 1, column 1: ")]
    [TestCase("{} {}", "not valid JSON at line 1, column 4: ")]
    [TestCase("{\"a\": 1,}", "not valid JSON at line 1, column 9: ")]
    [TestCase("[1]", "is `[1]`; must be a JSON object")]
    [TestCase("{\n \"root_path\": \"\\ud800\"}", "half a surrogate pair in the text at line 2, column 15")]
    public void ShouldSayWhereTheDocumentIsNoJson(string document, string message) =>
        Assert.That(Document.Problem(document), Does.StartWith(message));

    [Test]
    public void ShouldSayWhereTheDocumentIsNotUtf8()
    {
        var bytes = Encoding.UTF8.GetBytes("{\n\"root_path\": \"?\"}");
        bytes[^3] = 0xFF;
        Assert.That(Document.Problems(bytes).Single().Message, Is.EqualTo("not UTF-8 at line 2, column 15"));
    }

    [Test]
    public void ShouldSkipAByteOrderMark()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Document.FiveDimensions)];
        Assert.That(AcquisitionPlanner.Plan(bytes).Arrays, Has.Length.EqualTo(1));
    }

    [TestCase("""{"dimension": []}""", "unknown key `dimension`; did you mean `dimensions`?")]
    [TestCase("""{"rootpath": "a"}""", "unknown key `rootpath`; did you mean `root_path`?")]
    [TestCase("""{"Overwrite": true}""", "unknown key `Overwrite`; did you mean `overwrite`?")]
    [TestCase("""{"backend": "tensorstore"}""", "unknown key `backend`; known are ")]
    [TestCase("""{"pipeline": {"wrokers": 2}}""", "pipeline: unknown key `wrokers`; did you mean `workers`?")]
    [TestCase("""{"durability": {"fsynk": "never"}}""", "durability: unknown key `fsynk`; did you mean `fsync`?")]
    public void ShouldSuggestTheNearestKnownKey(string members, string message) =>
        Assert.That(Document.Problem(Document.With(members)), Does.StartWith(message));

    [Test]
    public void ShouldRefuseAKeyGivenTwice() => Assert.That(
        Document.Problem(
            Document.FiveDimensions.Replace("\"dtype\"", "\"root_path\": \"b\", \"dtype\"", StringComparison.Ordinal)),
        Is.EqualTo("root_path: is given twice"));

    [Test]
    public void ShouldReportAllProblemsAtOnce()
    {
        var problems = Document.Problems("""
            {"root_path": 3, "dtyp": "uint16", "overwrite": 1, "pipeline": {"workers": -1, "nonsense": 0},
             "dimensions": [{"name": "t", "count": 0}, {"name": "z", "count": 2}, {"name": "y", "count": 4}, {"name": "x", "count": "4"}],
             "store": {"s3": {"bucket": "b"}}}
            """);
        Assert.That(problems.Select(problem => problem.JsonPath), Is.EquivalentTo(new[]
        {
            "", "root_path", "dtype", "overwrite", "pipeline", "pipeline.workers", "dimensions[0].count", "dimensions[3].count",
            "store.s3",
        }));
        Assert.That(problems.Where(problem => problem.NotYet).Select(problem => problem.JsonPath),
            Is.EqualTo(new[] { "store.s3" }));
    }

    [Test]
    public void ShouldListEveryProblemInTheMessage()
    {
        var refused = Assert.Throws<SettingsException>(() => Document.Plan("{}"))!;
        Assert.That(refused.Message.Split('\n').Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]),
            Is.EquivalentTo(new[] { "root_path", "dtype", "dimensions" }));
        Assert.That(refused.IsNotYetSupported, Is.False);
    }

    [Test]
    public void ShouldBoundTheNumberOfProblemsItLists()
    {
        var keys = string.Join(", ", Enumerable.Range(0, 5000).Select(i => $"\"nonsense{i}\": 0"));
        var problems = Document.Problems($"{{{keys}}}");
        Assert.That(problems, Has.Count.EqualTo(101));
        Assert.That(problems[^1].Message, Is.EqualTo("and 4903 more problems"));
    }

    [Test]
    public void ShouldRefuseADocumentThatIsTooDeep() => Assert.That(
        Document.Problem($$"""{"root_path": {{new string('[', 10_000)}}"""),
        Does.StartWith("nested 17 levels deep at line 1, column "));

    [Test]
    public void ShouldRefuseADocumentThatIsTooLarge()
    {
        var bytes = new byte[(32 << 20) + 1];
        bytes.AsSpan().Fill((byte)' ');
        Assert.That(Document.Problems(bytes).Single().Message,
            Does.StartWith("the document has 33,554,433 bytes; at most 33,554,432"));
    }

    [Test]
    public void ShouldCutLongValuesInMessages()
    {
        var message = Document.Problem(Document.With($$"""{"dtype": "{{new string('u', 100_000)}}"}"""));
        Assert.That(message, Has.Length.LessThan(300));
    }

    [Test]
    public void ShouldKeepEachProblemInOneLine()
    {
        var refused = Assert.Throws<SettingsException>(() =>
            Document.Plan("{\"root_path\": {\n \"a\":\r\n 1},\n \"a\\nb\": 0, \"dtype\": \"\\n\"}"))!;
        Assert.That(refused.Message.Split('\n'), Has.Length.EqualTo(refused.Problems.Count));
        Assert.That(refused.Message, Does.Not.Contain('\r'));
    }

    [Test]
    public void ShouldRefuseNamesOfDimensionsThatAreNoNames()
    {
        var name = new string('n', 257);
        Assert.That(
            Document.Problem(Document.Of($$"""[{"name": "{{name}}", "count": 2}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]""")),
            Does.StartWith("dimensions[0].name: is ").And.EndsWith("must be at most 200 bytes long in UTF-8"));
    }

    [Test]
    public void ShouldRefuseTooManyDimensions()
    {
        var dimensions = string.Join(", ", Enumerable.Range(0, 33).Select(i => $$"""{"name": "d{{i}}", "count": 2}"""));
        Assert.That(Document.Problem(Document.Of($"[{dimensions}]")),
            Is.EqualTo("dimensions: has 33 elements; at most 32 are read"));
    }

    [TestCase("10.0", 10)]
    [TestCase("1e1", 10)]
    [TestCase("10", 10)]
    public void ShouldTakeAWholeNumberHoweverItIsWritten(string number, long expected) => Assert.That(
        Document.PlanOf($$"""[{"name": "t", "count": {{number}} }, {"name": "y", "count": 64}, {"name": "x", "count": 48}]""").Arrays[0].Shape[0],
        Is.EqualTo(expected));

    [Test]
    public void ShouldNeverThrowAnythingButASettingsException()
    {
        var seeds = Samples.Everything.Append(Document.FiveDimensions).Select(Encoding.UTF8.GetBytes).ToArray();
        var mutants =
            from seed in Gen.Elements(seeds)
            from edits in Mutations.Edit.NonEmptyListOf()
            select edits.Take(6).Aggregate(seed, (bytes, edit) => edit(bytes));
        Prop.ForAll(mutants.ToArbitrary(), OnlySettingsExceptions).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Test]
    public void ShouldSurviveAnyBytes() =>
        Prop.ForAll<byte[]>(OnlySettingsExceptions).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static bool OnlySettingsExceptions(byte[] document)
    {
        try
        {
            var plan = AcquisitionPlanner.Plan(document);
            return LayoutDescription.Of(plan).Count > 0 && new DatasetMetadata(plan).Initial().Count >= 2 * plan.Images.Length;
        }
        catch (SettingsException refused)
        {
            return refused.Problems.Count > 0 && refused.Message.Length > 0;
        }
    }
}
