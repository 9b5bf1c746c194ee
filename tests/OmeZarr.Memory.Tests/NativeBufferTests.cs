using System.Globalization;
using System.Runtime.CompilerServices;

namespace OmeZarr.Memory.Tests;

public unsafe class NativeBufferTests
{
    private const long MiB = 1 << 20;

    [TestCase(1)]
    [TestCase(NativeBuffer.Alignment)]
    [TestCase(NativeBuffer.Alignment + 1)]
    [TestCase(64 * MiB)]
    public void ShouldBeAlignedWholePagesOfZeros(long length)
    {
        using var buffer = new NativeBuffer(length);
        Assert.That(buffer.Length, Is.GreaterThanOrEqualTo(length).And.EqualTo(NativeBuffer.AlignUp(length)));
        Assert.That(buffer.Length % NativeBuffer.Alignment, Is.Zero);
        Assert.That((nint)buffer.Pointer % 4096, Is.EqualTo((nint)0));
        Assert.That(buffer.Span((int)buffer.Length).ContainsAnyExcept((byte)0), Is.False);
    }

    [Test]
    public void ShouldBeUsableBeyondFourGiB()
    {
        const long length = 5L << 30;
        using var buffer = new NativeBuffer(length);
        buffer.Pointer[0] = 1;
        buffer.Pointer[uint.MaxValue + 1L] = 2;
        buffer.Pointer[length - 1] = 3;
        Assert.That(
            new[] { buffer.Pointer[0], buffer.Pointer[uint.MaxValue + 1L], buffer.Pointer[length - 1],
                buffer.Pointer[length / 2] },
            Is.EqualTo(new byte[] { 1, 2, 3, 0 }));
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void ShouldRefuseALengthThatIsNone(long length) =>
        Assert.That(() => new NativeBuffer(length), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void ShouldRefuseWhatTheSystemDoesNotGive()
    {
        Assert.That(() => new NativeBuffer(1L << 60), Throws.InstanceOf<OutOfMemoryException>().With.Message.Contains("bytes"));
        Assert.That(() => new NativeBuffer(long.MaxValue), Throws.InstanceOf<OverflowException>());
    }

    [Test]
    public void ShouldGiveSpansOnlyOfMemoryThatIsItsOwn()
    {
        var buffer = new NativeBuffer(1);
        Assert.That(() => buffer.Span((int)buffer.Length + 1).Length, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => buffer.Span(-1).Length, Throws.InstanceOf<ArgumentOutOfRangeException>());
        buffer.Dispose();
        buffer.Dispose();
        Assert.That(() => buffer.Span(1).Length, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(buffer.Pointer == null, Is.True);
    }

    [Test]
    [Platform("Linux")]
    public void ShouldGiveItsMemoryBackToTheSystemAtOnce()
    {
        var before = ResidentBytes();
        var buffer = Touched(256 * MiB);
        Assert.That(ResidentBytes(), Is.GreaterThan(before + (200 * MiB)));
        buffer.Dispose();
        Assert.That(ResidentBytes(), Is.LessThan(before + (56 * MiB)));
    }

    [Test]
    [Platform("Linux")]
    public void ShouldGiveItsMemoryBackEvenWhenItsOwnerForgotIt()
    {
        var before = ResidentBytes();
        Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.That(ResidentBytes(), Is.LessThan(before + (56 * MiB)));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget() => Assert.That(Touched(256 * MiB).Length, Is.EqualTo(256 * MiB));
    }

    [Test]
    [Platform("Linux")]
    public void ShouldHaveAllItsPagesOnceTheyWereTouchedAhead()
    {
        using var buffer = new NativeBuffer(65 * MiB);
        buffer.Pointer[0] = 7;
        buffer.Pointer[buffer.Length - 1] = 9;
        var before = ResidentBytes();
        while (buffer.Prefault())
        {
        }

        Assert.That(ResidentBytes(), Is.GreaterThan(before + (56 * MiB)).Or.EqualTo(before),
            "a system that cannot do it does nothing");
        Assert.That((buffer.Pointer[0], buffer.Pointer[buffer.Length - 1]), Is.EqualTo(((byte)7, (byte)9)),
            "what was there stays");
        Assert.That(buffer.Prefault(), Is.False);
    }

    private static NativeBuffer Touched(long length)
    {
        var buffer = new NativeBuffer(length);
        buffer.Span((int)length).Fill(1);
        return buffer;
    }

    private static long ResidentBytes()
    {
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
