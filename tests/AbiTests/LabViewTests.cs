using System.Text.RegularExpressions;

namespace AbiTests;

/// <summary>
/// The flat interface has only what LabVIEW's import wizard and its Call Library Function node know, and every call of it works.
/// </summary>
public sealed partial class LabViewTests
{
    private static string Readme => File.ReadAllText(Path.Combine(Repository.Hosts, "labview", "README.md"));

    private static IEnumerable<TestCaseData> Calls => LabViewHeader.Functions
        .Select(call => new TestCaseData(call.Name).SetArgDisplayNames(call.Name));

    [TestCaseSource(nameof(Calls))]
    public void ShouldHaveOnlyParametersThatTheWizardKnows(string name)
    {
        var call = LabViewHeader.Functions.Single(call => call.Name == name);
        Assert.That(call.Parameters, Has.Count.LessThanOrEqualTo(20));
        foreach (var (parameter, next) in call.Parameters.Zip(call.Parameters.Skip(1).Append(null)))
        {
            Assert.That(parameter.IsValue || parameter.IsText || parameter.IsNumbers, $"{parameter.Type} {parameter.Name}");
            // A text that is filled, and an array, have their size right behind them.
            var needsSize = parameter is { IsText: true, IsConstant: false } || IsArray(parameter);
            if (needsSize)
                Assert.That(next?.Type, Is.EqualTo("int32_t"), $"the size of {parameter.Name}");
            if (needsSize)
                Assert.That(next!.Name, Does.Match("^(count|capacity|error_capacity)$"));
        }
    }

    [Test]
    public void ShouldMarkArraysByTheirNames()
    {
        // One number by pointer is a result; what has several, or what is only read, is an array.
        foreach (var parameter in LabViewHeader.Functions.SelectMany(call => call.Parameters).Where(one => one.IsNumbers))
            Assert.That(IsArray(parameter) || !parameter.IsConstant, parameter.Name);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void ShouldServeAProgramThatMakesEveryCall(bool addressSanitizer)
    {
        var source = Path.Combine(Repository.Native, "labview.c");
        var text = Macro().Replace(File.ReadAllText(source), "");
        var types = new[] { "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "sgl", "dbl" };
        var made = CallPattern().Matches(text).Select(match => match.Value)
            .Concat(types.SelectMany(type => new[] { $"omzlv_append_{type}", $"omzlv_append_{type}_ex" }));
        Assert.That(types.All(type => text.Contains($"TYPE({type},", StringComparison.Ordinal)));
        Assert.That(made.Distinct(), Is.EquivalentTo(LabViewHeader.Functions.Select(call => call.Name)));

        string[] sanitizer = addressSanitizer ? ["-fsanitize=address"] : [];
        string[] options = [$"-I{Path.Combine(Repository.Hosts, "labview")}", .. sanitizer];
        // The shared sources need a later standard than the program under test.
        Compiler.Check("c90", File.ReadAllText(source), [.. options[..1], $"-I{Repository.Native}"]).ShouldSucceed();
        var program = Compiler.Build("c99", Repository.Scenario("labview"), options);
        using var scratch = new Scratch();
        var result = Tool.Run(program, [scratch.Folder], folder: null, Sanitizers.Options).ShouldSucceed();
        Assert.That(result.Output, Does.EndWith("ok\n"));
    }

    [Test]
    public void ShouldHaveEveryParameterInTheTable()
    {
        var rows = Row().Matches(Readme).Select(match => (
            match.Groups["call"].Value, match.Groups["name"].Value, match.Groups["type"].Value,
            match.Groups["pass"].Value)).ToArray();
        var call = "";
        var told = rows.Select(row => (call = row.Item1.Length > 0 ? row.Item1 : call, row.Item2, row.Item3, row.Item4));
        var declared = LabViewHeader.Functions.SelectMany(function =>
            function.Parameters.Select(parameter => (function.Name, parameter.Name, TypeOf(parameter), PassOf(parameter))));
        Assert.That(told, Is.EqualTo(declared));
    }

    private static bool IsArray(LabViewParameter parameter) =>
        parameter.IsNumbers && parameter.Name is "pixels" or "coordinates" or "tokens";

    private static string PassOf(LabViewParameter parameter) => parameter.IsText ? "C string pointer"
        : parameter.IsValue ? "value" : IsArray(parameter) ? "array data pointer" : "pointer to value";

    private static string TypeOf(LabViewParameter parameter)
    {
        if (parameter.IsText)
            return "String";
        var number = parameter.Bare switch
        {
            "float" => "SGL",
            "double" => "DBL",
            var whole => whole.Replace("uint", "U", StringComparison.Ordinal).Replace("int", "I", StringComparison.Ordinal)
                .Replace("_t", "", StringComparison.Ordinal),
        };
        return IsArray(parameter) ? $"array of {number}" : number;
    }

    [GeneratedRegex(@"\bomzlv_\w+(?=\()")]
    private static partial Regex CallPattern();

    [GeneratedRegex(@"#define TYPE(.*\\\n)+.*\n")]
    private static partial Regex Macro();

    [GeneratedRegex(
        @"^\| (`(?<call>omzlv_\w+)`)? ?\| `(?<name>\w+)` \| (?<type>[^|]+) \| (?<pass>[^|]+) \|.*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
