namespace OmeZarr.Ngff.Tests;

public class NgffUnitsTests
{
    /// <summary>The units that OME-Zarr 0.5 lists for axes of space and time.</summary>
    private const string Space =
        "angstrom attometer centimeter decimeter exameter femtometer foot gigameter hectometer inch kilometer megameter meter "
            + "micrometer mile "
        + "millimeter nanometer parsec petameter picometer terameter yard yoctometer yottameter zeptometer zettameter";

    private const string Time =
        "attosecond centisecond day decisecond exasecond femtosecond gigasecond hectosecond hour kilosecond megasecond "
            + "microsecond millisecond "
        + "minute nanosecond petasecond picosecond second terasecond yoctosecond yottasecond zeptosecond zettasecond";

    [Test]
    public void ShouldKnowAllNamesOfTheSpecification()
    {
        Assert.That(NgffUnits.LengthNames, Is.EqualTo(Space.Split(' ')));
        Assert.That(NgffUnits.TimeNames, Is.EqualTo(Time.Split(' ')));
        Assert.That(NgffUnits.LengthNames.Select(NgffUnits.Length), Is.EqualTo(NgffUnits.LengthNames));
        Assert.That(NgffUnits.TimeNames.Select(NgffUnits.Time), Is.EqualTo(NgffUnits.TimeNames));
    }

    [TestCase("\u00B5m", "micrometer", TestName = "micro sign")]
    [TestCase("\u03BCm", "micrometer", TestName = "Greek mu")]
    [TestCase("\u00C5", "angstrom", TestName = "A with ring")]
    [TestCase("\u212B", "angstrom", TestName = "angstrom sign")]
    [TestCase("um", "micrometer")]
    [TestCase("u", "micrometer")]
    [TestCase("A", "angstrom")]
    [TestCase("Micron", "micrometer")]
    [TestCase("mm", "millimeter")]
    [TestCase("Mm", "megameter")]
    [TestCase("MM", null)]
    [TestCase("ms", null)]
    [TestCase("", null)]
    [TestCase("pixel", null)]
    public void ShouldUnderstandSpellingsOfLength(string given, string? expected) =>
        Assert.That(NgffUnits.Length(given), Is.EqualTo(expected));

    [TestCase("\u00B5s", "microsecond", TestName = "micro sign, seconds")]
    [TestCase("\u03BCsec", "microsecond", TestName = "Greek mu, sec")]
    [TestCase("usec", "microsecond")]
    [TestCase("msec", "millisecond")]
    [TestCase("sec", "second")]
    [TestCase("min", "minute")]
    [TestCase("Ms", "megasecond")]
    [TestCase("h", "hour")]
    [TestCase("m", null)]
    public void ShouldUnderstandSpellingsOfTime(string given, string? expected) =>
        Assert.That(NgffUnits.Time(given), Is.EqualTo(expected));

    [Test]
    public void ShouldNotTakeALengthForATime()
    {
        Assert.That(NgffUnits.LengthNames.Select(NgffUnits.Time), Is.All.Null);
        Assert.That(NgffUnits.TimeNames.Select(NgffUnits.Length), Is.All.Null);
    }
}
