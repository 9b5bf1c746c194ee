using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using OmeZarrNative.Abi;

namespace AbiTests;

/// <summary>The compiler's idea of each struct is the library's.</summary>
public sealed class StructLayoutTests
{
    private static readonly Lazy<IReadOnlyList<string[]>> Printed = new(PrintedByC);

    [Test]
    public void TheFrameShouldLieInMemoryAsTheLibraryReadsIt() => ShouldAgree<OmzFrame>("omz_frame");

    [Test]
    public void TheStatisticsShouldLieInMemoryAsTheLibraryWritesThem() => ShouldAgree<OmzStats>("omz_stats");

    private static void ShouldAgree<T>(string name)
        where T : unmanaged
    {
        var lines = Printed.Value.Where(line => line[0] == name).ToArray();
        var members = lines.Where(line => line[1] != "-").Select(line => string.Join(' ', line[1..])).ToArray();
        var fields = typeof(T).GetFields(BindingFlags.Instance | BindingFlags.Public);
        Assert.That(fields, Is.Not.Empty);
        Assert.That(members, Is.EqualTo(fields.Select(DescribeField<T>)));
        Assert.That(lines.Single(line => line[1] == "-")[2], Is.EqualTo(Text(Marshal.SizeOf<T>())), "size of the struct");
        var printed = lines.Where(line => line[1] != "-").Select(line => line[1]);
        Assert.That(printed, Is.EqualTo(HeaderText.MembersOf(name)), "native/layout.c prints every member of the header");
    }

    private static string DescribeField<T>(FieldInfo field)
    {
        var size = field.FieldType.IsPointer ? nint.Size : Marshal.SizeOf(field.FieldType);
        return $"{SnakeCase(field.Name)} {Text(Marshal.OffsetOf<T>(field.Name).ToInt64())} {Text(size)}";
    }

    /// <summary><c>AppendP50Ns</c> is <c>append_p50_ns</c>.</summary>
    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string[][] PrintedByC()
    {
        var program = Compiler.Build("c99", [Path.Combine(Repository.Native, "layout.c")]);
        var output = Tool.Run(program).ShouldSucceed().Output;
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
    }
}
