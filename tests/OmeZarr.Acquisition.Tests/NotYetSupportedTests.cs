using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Tests;

/// <summary>What is read and checked in full, but refused in the end until it can be written.</summary>
public class NotYetSupportedTests
{
    [TestCase("""{"store": {"s3": {"bucket": "b"}}}""", "store.s3: not yet supported: S3")]
    public void ShouldSayWhatComesLater(string members, string message) => Later(Document.With(members), message);

    [TestCase("""{"pyramid": {"levels": 1}}""")]
    [TestCase("""{"pyramid": {}}""")]
    [TestCase("""{"frame": {"pixel_format": "uint16", "row_stride": 0}}""")]
    [TestCase("""{"store": {}}""")]
    [TestCase("""{"store": {"unbuffered": true}}""")]
    public void ShouldAcceptWhatAsksForNothingNew(string members) =>
        Assert.That(() => Document.PlanWith(members), Throws.Nothing);

    [Test]
    public void ShouldNeverRepeatCredentials()
    {
        var refused = Assert.Throws<SettingsException>(
            () => Document.PlanWith("""{"store": {"s3": {"bucket": 5, "credentials": {"secret": "hunter2"}, "secret_key": "hunter2"}}}"""))!;
        Assert.That(refused.Message, Does.Not.Contain("hunter2"));
        Assert.That(refused.Message, Does.Contain("store.s3.bucket"));
        refused = Assert.Throws<SettingsException>(() => Document.PlanWith("""{"store": {"s3": "AKIA:hunter2"}}"""))!;
        Assert.That(refused.Message, Does.Not.Contain("hunter2").And.Contains("store.s3"));
        refused = Assert.Throws<SettingsException>(() => Document.PlanWith("""{"store": "s3://key:hunter2@bucket"}"""))!;
        Assert.That(refused.Message, Does.Not.Contain("hunter2").And.Contains("store"));
    }

    private static void Later(string document, string message)
    {
        var refused = Assert.Throws<SettingsException>(() => Document.Plan(document))!;
        Assert.That(refused.IsNotYetSupported, Is.True, refused.Message);
        Assert.That(refused.Problems.Select(problem => problem.ToString()), Has.Some.StartsWith(message));
    }
}
