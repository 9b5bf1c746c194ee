namespace AbiTests;

/// <summary>The headers are clean in every dialect that a host may use.</summary>
public sealed class HeaderTests
{
    private static readonly string[] CxxWarnings =
    [
        "-Wshadow", "-Wconversion", "-Wnon-virtual-dtor", "-Wold-style-cast", "-Wzero-as-null-pointer-constant", "-Wuseless-cast",
    ];

    private const string Use = """
        static uint64_t stream;
        int main(void)
        {
            omz_frame frame = OMZ_FRAME_INIT;
            omz_stats stats = OMZ_STATS_INIT;
            return omz_append_frame_ex(stream, &frame) + omz_get_stats(stream, &stats) + OMZ_E_NO_SPACE;
        }

        """;

    [TestCase("c99")]
    [TestCase("c11")]
    [TestCase("c17")]
    [TestCase("c90")] // with a compiler that has <stdint.h>
    [TestCase("c++11")]
    [TestCase("c++17")]
    [TestCase("c++20")]
    public void TheCHeaderShouldCompileAloneAndTwice(string standard)
    {
        const string twice = "#include \"omezarr_native.h\"\n#include \"omezarr_native.h\"\n";
        Compiler.Check(standard, twice + Use, "-Wshadow", "-Wconversion", "-Wundef").ShouldSucceed();
    }

    [TestCase("c++17")]
    [TestCase("c++20")]
    public void TheCxxHeaderShouldCompileAloneAndTwice(string standard)
    {
        const string twice = "#include \"omezarr_native.hpp\"\n#include \"omezarr_native.hpp\"\n";
        Compiler.Check(standard, twice + Use, [.. CxxWarnings]).ShouldSucceed();
        Compiler.Check(standard, twice + Use, [.. CxxWarnings, "-fno-exceptions", "-fno-rtti"]).ShouldSucceed();
    }

    [TestCase("c++98")]
    [TestCase("c++11")]
    [TestCase("c++14")]
    public void TheCxxHeaderShouldSayOnceWhichStandardItNeeds(string standard)
    {
        var result = Compiler.Check(standard, "#include \"omezarr_native.hpp\"\n");
        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(result.Output.Split("error:").Length - 1, Is.EqualTo(1), result.Output);
        Assert.That(result.Output, Does.Contain("-std=c++17"));
    }

    [Test]
    public void TheHeadersShouldBeCleanUnderEveryWarningThatClangHas()
    {
        if (Compiler.Clang is not { } suffix)
        {
            Assert.Ignore("there is no clang here");
            return;
        }

        // What every C++17 program has, and what asks for another style: no defects of a header.
        string[] except = ["-Wno-unknown-warning-option", "-Wno-c++98-compat", "-Wno-c++98-compat-pedantic",
            "-Wno-padded", "-Wno-unsafe-buffer-usage", "-Wno-weak-vtables", "-Wno-unused-member-function",
            "-Wno-unused-template", "-Wno-missing-prototypes"];
        const string cxx = "#include \"omezarr_native.hpp\"\n" + Use;
        Compiler.CheckWith($"clang++{suffix}", "c++17", cxx, ["-Weverything", .. except]).ShouldSucceed();
        Compiler.CheckWith($"clang{suffix}", "c99", "#include \"omezarr_native.h\"\n" + Use,
            ["-Weverything", .. except.Where(option => !option.Contains("c++", StringComparison.Ordinal)),
            "-Wno-declaration-after-statement"]).ShouldSucceed();
    }

    [Test]
    public void AStreamOfTheCxxHeaderShouldBeMovableAndNotCopyable()
    {
        const string source = """
            #include "omezarr_native.hpp"
            #include <array>
            #include <type_traits>
            #include <vector>
            static_assert(!std::is_copy_constructible_v<omz::Stream> && !std::is_copy_assignable_v<omz::Stream>);
            static_assert(std::is_nothrow_move_constructible_v<omz::Stream> && std::is_nothrow_move_assignable_v<omz::Stream>);
            static_assert(std::is_nothrow_default_constructible_v<omz::Stream> && std::is_nothrow_destructible_v<omz::Stream>);
            static_assert(!std::is_copy_constructible_v<omz::Slot> && std::is_nothrow_move_constructible_v<omz::Slot>);
            static_assert(!std::is_convertible_v<std::string, omz::Stream>);
            static_assert(std::is_base_of_v<std::runtime_error, omz::Error> && std::is_base_of_v<omz::Error, omz::StoreError>);
            bool all(omz::Stream& s, const std::vector<std::uint16_t>& v, const std::array<float, 4>& a, const std::uint8_t (&c)[4])
            {
                return s.append(v) && s.append(a) && s.append(c) && s.append(v.data(), v.size()) && s.append(omz::Frame{});
            }
            static_assert(std::is_nothrow_default_constructible_v<omz::Slot> && std::is_nothrow_move_assignable_v<omz::Slot>);
            static_assert(std::is_nothrow_copy_constructible_v<omz::ArrayStream> && !std::is_default_constructible_v<omz::ArrayStream>);
            bool one(const omz::Stream& s, const std::vector<std::uint16_t>& v)
            {
                omz::ArrayStream left = s.array("left");
                left.skip();
                left.acquire_slot().commit();
                return left.append(v) && left.append(v.data(), v.size()) && left.append(omz::Frame{}) && left.stats().errors == 0;
            }

            """;
        Compiler.Check("c++17", source).ShouldSucceed();
    }

    [Test]
    public void EveryFunctionShouldHaveItsVersion()
    {
        var text = File.ReadAllText(Repository.Header);
        var since = text.Split("Since ").Length - 1;
        Assert.That(since, Is.GreaterThanOrEqualTo(HeaderText.Functions.Count),
            "each declaration's comment ends in \"Since n.\"");
    }
}
