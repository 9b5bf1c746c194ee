extern alias product;

using OmeZarr.Simulation.Scheduling;
using Product = product::OmeZarr.Memory.NativeBuffer;

namespace OmeZarr.Memory;

/// <summary>Replaces the product's class of that name and uses its memory, which the run counts.</summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    public const int Alignment = Product.Alignment;

    private readonly Product _buffer;
    private readonly Scheduler? _run = Scheduler.Current?.Scheduler;
    private bool _isCounted;

    public NativeBuffer(long length, bool isSparse = false)
    {
        _buffer = new Product(length, isSparse);
        _isCounted = _run is not null;
        _run?.Memory.Take(Length);
    }

    public byte* Pointer => _buffer.Pointer;

    public long Length => _buffer.Length;

    public Span<byte> Span(int length) => _buffer.Span(length);

    public void Dispose()
    {
        GiveBack();
        _buffer.Dispose();
    }

    public void Abandon()
    {
        GiveBack();
        _buffer.Abandon();
    }

    public bool Prefault() => _buffer.Prefault();

    public static long AlignUp(long length) => Product.AlignUp(length);

    private void GiveBack()
    {
        if (_isCounted)
            _run!.Memory.GiveBack(Length);
        _isCounted = false;
    }
}
