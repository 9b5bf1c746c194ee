using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using OmeZarr.Acquisition;
using OmeZarr.Documents;
using OmeZarr.Storage;
using OmeZarr.Stores;
using OmeZarr.Streaming.FrameMetadata;

namespace OmeZarr.Streaming.Tests.FrameMetadata;

/// <summary>Whenever the store stops taking anything, the rows that a reader finds are whole.</summary>
public class CutTests
{
    private static readonly Arbitrary<(int Seed, int Producers, int Spread)> Runs = (
        from seed in Gen.Choose(0, int.MaxValue)
        from producers in Gen.Choose(1, 4)
        from spread in Gen.Elements(1, 10, 700, 4000)
        select (seed, producers, spread)).ToArbitrary();

    [Test]
    public void ShouldShowWholeRowsOnlyWhereverAKillStopsIt() => Prop.ForAll(Runs, run =>
    {
        using var table = new RecordedTable(new Random(run.Seed), run.Producers, run.Spread);
        table.Run(failing: false);
        table.AssertEveryPrefix();
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Test]
    public void ShouldShowWholeRowsOnlyWhicheverPutsFail() => Prop.ForAll(Runs, run =>
    {
        using var table = new RecordedTable(new Random(run.Seed), run.Producers, run.Spread);
        table.Run(failing: true);
        table.AssertEveryPrefix();
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    /// <summary>
    /// A table whose store keeps everything that was ever put, in order: each beginning of that is what a kill leaves.
    /// </summary>
    private sealed class RecordedTable : IDisposable
    {
        private const int Frames = 120;
        private static readonly string[] TextArrays =
            [FrameTableLayout.Image, FrameTableLayout.Json, FrameTableLayout.JsonOffset, FrameTableLayout.JsonLength];

        private readonly CameraPlan _plan;
        private readonly TextPool _pool = new();
        private readonly PutLog _store = new();
        private readonly FrameTable _table;
        private readonly Random _random;
        private readonly Dictionary<long, DescribedFrame> _recorded = [];
        private readonly Queue<long> _coming;
        private readonly List<(int Puts, long[] Rows)> _published = [];
        private volatile bool _isPublishing;
        private volatile int _failures;

        public RecordedTable(Random random, int producers, int spread)
        {
            _random = random;
            var dataset = Given.Plan("t=?/1 y=1 x=1");
            _plan = dataset.Cameras[0];
            _table = new FrameTable(dataset, _plan, _store, _pool);
            _coming = new Queue<long>(Order(random, producers, spread));
        }

        public void Run(bool failing)
        {
            using var recorder = new Recorder();
            _store.BeforePut = () =>
            {
                if (failing && _random.Next(12) == 0 && ++_failures > 0)
                    throw new StoreException(StoreErrorKind.NoSpace, "made to fail");
                // Frames come while a publication is stored, unless one has to wait for it.
                for (var frames = _isPublishing ? _random.Next(3) : 0; frames > 0 && recorder.IsIdle; frames--)
                    recorder.Start(RecordNext);
            };
            while (_coming.Count > 0)
            {
                RecordNext();
                if (_random.Next(6) == 0)
                    Publish(recorder);
            }

            _store.BeforePut = () => { };
            _table.Complete(Length);
            _published.Add((_store.Puts.Count, Recorded()));
        }

        public void AssertEveryPrefix()
        {
            var reader = new StoredRows(_plan);
            var shown = new HashSet<long>();
            var published = new Queue<(int Puts, long[] Rows)>(_published);
            var puts = 0;
            foreach (var (key, value) in _store.Puts)
            {
                if (!key.EndsWith("OME/zarr.json", StringComparison.Ordinal))
                    reader.Take(key, value);
                puts++;
                AssertRows(reader, shown, isText: TextArrays.Any(array => key.Contains($"/{array}/", StringComparison.Ordinal)));
                while (published.TryPeek(out var cut) && cut.Puts == puts)
                {
                    Assert.That(shown, Is.SupersetOf(cut.Rows), "a publication shows all that was recorded before it");
                    AssertNoArrayShowsMore(reader, shown);
                    published.Dequeue();
                }
            }

            Assert.That(shown, Is.EquivalentTo(_recorded.Keys));
            Assert.That(reader.Length(FrameTableLayout.Image), Is.EqualTo(Length));
            Assert.That(reader.HasGroup, Is.True);
        }

        public void Dispose()
        {
            _table.Dispose();
            _pool.Dispose();
        }

        private long Length => _recorded.Keys.Max() + 1;

        // Each producer has its own frames, in order; between producers anything goes.
        private static IEnumerable<long> Order(Random random, int producers, int spread)
        {
            var own = Enumerable.Range(0, producers)
                .Select(producer => new Queue<long>(Enumerable.Range(0, Frames).Where(i => i % producers == producer)
                    .Select(i => (long)i * spread)))
                .ToArray();
            while (own.Where(queue => queue.Count > 0).ToArray() is { Length: > 0 } left)
            {
                var next = left[random.Next(left.Length)];
                for (var count = random.Next(1, 20); count > 0 && next.Count > 0; count--)
                    yield return next.Dequeue();
            }
        }

        private long[] Recorded() => [.. _recorded.Keys];

        private void Publish(Recorder recorder)
        {
            var (before, failures) = (Recorded(), _failures);
            _isPublishing = true;
            try
            {
                _table.Publish(durable: false);
                // A frame that waited for it goes on now, and may store more, or fail half-way.
                if (recorder.IsIdle && _failures == failures)
                    _published.Add((_store.Puts.Count, before));
            }
            catch (StoreException)
            {
                // It was made to fail: the next one stores what this one left.
            }

            recorder.WaitUntilIdle();
            _isPublishing = false;
        }

        private void RecordNext()
        {
            if (!_coming.TryDequeue(out var frame))
                return;
            var given = DescribedFrame.Any(_random).Resolved();
            if (!given.IsKnown)
                return;
            _recorded[frame] = given;
            var text = TextPool.None;
            var bytes = System.Text.Encoding.UTF8.GetBytes(given.Json ?? "");
            if (bytes.Length > 0)
                Assert.That(_pool.TryKeep(bytes, out text), Is.True);
            // A store that fails now works again later; the frame is the same.
            for (var isIn = false; !isIn;)
            {
                try
                {
                    _table.Record(frame, new FrameValues(given.Properties, text, bytes.Length));
                    isIn = true;
                }
                catch (StoreException)
                {
                    isIn = false;
                }
            }

            _pool.Free(text);
        }

        private void AssertRows(StoredRows reader, HashSet<long> shown, bool isText)
        {
            foreach (var (frame, given) in _recorded)
            {
                var isShown = reader.Shows(frame);
                if (!isShown && shown.Contains(frame))
                    Assert.Fail($"frame {frame} was there before");
                if (isShown)
                    shown.Add(frame);
                foreach (var (property, name) in FramePropertyNames.Numbers)
                    AssertValue(reader.Number(name, frame), given.Properties.Knows(property) ? given.Properties.Number(property)
                        : null, isShown, name);
                AssertValue(reader.Timestamp(frame), given.Properties.Knows(FrameProperty.Timestamp)
                    ? given.Properties.TimestampNs : null, isShown, "timestamp_ns");
                AssertValue(reader.Place(frame), frame, isShown, "storage_index");
                if (isText)
                    AssertValue(reader.Text(frame), given.Json, isShown, "json");
            }
        }

        // What is there is right; of a row that is there, everything is.
        private static void AssertValue<T>(T? found, T? given, bool isShown, string name)
        {
            if ((isShown || found is not null) && !EqualityComparer<T?>.Default.Equals(found, given))
                Assert.Fail($"{name} is {found} instead of {given}");
        }

        private void AssertNoArrayShowsMore(StoredRows reader, HashSet<long> shown)
        {
            foreach (var frame in _recorded.Keys.Where(frame => !shown.Contains(frame)))
            {
                Assert.That(reader.Place(frame), Is.Null, $"storage_index of frame {frame}");
                Assert.That(reader.Text(frame), Is.Null, $"text of frame {frame}");
                Assert.That(FramePropertyNames.Numbers.Select(known => reader.Number(known.Name, frame)), Is.All.Null,
                    $"numbers of frame {frame}");
            }
        }
    }

    /// <summary>The thread that records while another stores: one piece of work at a time.</summary>
    private sealed class Recorder : IDisposable
    {
        private readonly BlockingCollection<Action> _work = [];
        private readonly Thread _thread;
        private volatile bool _isBusy;

        public Recorder()
        {
            _thread = new Thread(() =>
            {
                foreach (var work in _work.GetConsumingEnumerable())
                {
                    work();
                    _isBusy = false;
                }
            });
            _thread.Start();
        }

        public bool IsIdle => !_isBusy;

        /// <summary>Begins, and comes back when it is done or waits for the store.</summary>
        public void Start(Action work)
        {
            _isBusy = true;
            _work.Add(work);
            var spin = default(SpinWait);
            while (_isBusy && !IsWaiting)
                spin.SpinOnce();
        }

        public void WaitUntilIdle() => SpinWait.SpinUntil(() => IsIdle);

        public void Dispose()
        {
            _work.CompleteAdding();
            _thread.Join();
        }

        // Waiting with work in hand is waiting for a lock.
        private bool IsWaiting => _work.Count == 0 && (_thread.ThreadState & ThreadState.WaitSleepJoin) != 0;
    }

    private sealed class PutLog() : ForwardingStore(new MemoryStore())
    {
        public List<(string Key, byte[] Value)> Puts { get; } = [];

        public Action BeforePut { get; set; } = () => { };

        public override void Put(ReadOnlySpan<char> key, ReadOnlySpan<MemoryRange> value, bool durable)
        {
            BeforePut();
            base.Put(key, value, durable);
            Puts.Add((key.ToString(), MemoryRange.Joined(value)));
        }
    }
}
