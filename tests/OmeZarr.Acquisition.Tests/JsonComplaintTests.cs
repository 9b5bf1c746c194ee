using FsCheck;
using FsCheck.Fluent;

namespace OmeZarr.Acquisition.Tests;

/// <summary>What is wrong with a text that is no JSON is said in the user's words.</summary>
public class JsonComplaintTests
{
    private const string Signs = "{}[],:\"\\'0eE+-.x\n/ ";

    [TestCase("""{"root_path": "C:\data\run.zarr"}""", "line 1, column 19", "write each one twice")]
    [TestCase("""{"root_path": "C:\users\x"}""", "line 1, column 20", "write each one twice")]
    [TestCase("""{"root_path": "C:\""", "", "ends before it is complete")]
    [TestCase("""{"a": [1,2""", "column 11", "ends before it is complete")]
    [TestCase("""{"a": /* c */ 1}""", "column 7", "no comments")]
    [TestCase("""{'a': 1}""", "column 2", "double quotes")]
    [TestCase("""{"a": 1,}""", "column 9", "a comma with nothing behind it")]
    [TestCase("""{"a": [1, ]}""", "column 11", "a comma with nothing behind it")]
    [TestCase("""{"a": NaN}""", "column 7", "no NaN")]
    [TestCase("""{"a": 01}""", "column 8", "begins with 0")]
    [TestCase("{\"a\":\n \"b\nc\"}", "line 2", "line break")]
    [TestCase("""{"a" 1}""", "column 6", "`1` cannot be here")]
    [TestCase("""{"a": é}""", "column 7", "`é` cannot be here")]
    [TestCase("", "column 1", "ends before it is complete")]
    public void ShouldSayWhatIsWrongAndWhere(string json, string place, string what) =>
        Assert.That(Message(json), Does.Contain(place).And.Contain(what));

    [Test]
    public void ShouldNeverSpeakOfTheReader() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var json = Samples.Everything[0].ToCharArray();
            for (var i = 0; i < 3; i++)
                json[random.Next(json.Length)] = Signs[random.Next(Signs.Length)];
            var message = Message(new string(json));
            foreach (var theirs in new[] { "reader", "isFinalBlock", "LineNumber", "escapable", "mode", "Expected" })
                Assert.That(message, Does.Not.Contain(theirs));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static string Message(string json)
    {
        try
        {
            _ = AcquisitionPlanner.Plan(System.Text.Encoding.UTF8.GetBytes(json));
            return "";
        }
        catch (Settings.SettingsException refusal)
        {
            var first = refusal.Message.Split('\n')[0];
            return first.StartsWith("not valid JSON", StringComparison.Ordinal) ? first : "";
        }
    }
}
