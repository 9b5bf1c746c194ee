using System.Diagnostics.CodeAnalysis;
using OmeZarr.Concurrency;

namespace OmeZarr.Litmus.Scenarios;

/// <summary>Producers and consumers on one small queue.</summary>
[SuppressMessage("Design", "CA1001", Justification =
    "The threads of a trial that hangs may still use it: it goes with the last reference.")]
internal sealed class QueueScenario
{
    private readonly Trial _trial;
    private readonly BoundedQueue<LargeItem> _queue;
    private readonly int[][] _seen;
    private readonly int _numbers;
    private int _taken;

    private QueueScenario(Trial trial)
    {
        _trial = trial;
        _queue = new BoundedQueue<LargeItem>(1 << trial.Chooser.Choose(5));
        var producers = trial.Threads / 2;
        _numbers = 1 + trial.Wanted / producers;
        _seen = [.. Enumerable.Range(0, producers).Select(_ => new int[_numbers])];
    }

    public static void Play(Trial trial)
    {
        var scenario = new QueueScenario(trial);
        var produce = Enumerable.Range(0, scenario._seen.Length)
            .Select(number => (Action<Worker>)(worker => scenario.Produce(worker, number)));
        var consume = Enumerable.Repeat(scenario.Consume, trial.Threads - scenario._seen.Length);
        trial.Run(() => { }, [.. produce, .. consume]);
        if (!trial.IsOver)
            trial.Expect(scenario._seen.All(numbers => numbers.All(count => count == 1))
                && scenario._queue.IsEmpty, "an item was lost");
    }

    private void Produce(Worker worker, int producer)
    {
        for (var number = 0; number < _numbers; number++)
        {
            worker.MayPause();
            var item = LargeItem.Of(producer, number);
            while (!_queue.TryEnqueue(item))
            {
                if (_trial.IsOver)
                    return;
                Thread.Yield();
            }
        }
    }

    private void Consume(Worker worker)
    {
        var last = new int[_seen.Length];
        last.AsSpan().Fill(-1);
        while (Volatile.Read(ref _taken) < _seen.Length * _numbers && !_trial.IsOver)
        {
            if (!_queue.TryDequeue(out var item))
            {
                Thread.Yield();
                continue;
            }

            Interlocked.Increment(ref _taken);
            worker.Count();
            Judge(item, last);
            worker.MayPause();
        }
    }

    private void Judge(in LargeItem item, int[] last)
    {
        if (item.IsTorn || item.Producer >= _seen.Length || item.Number >= _numbers)
        {
            _trial.Found("an item is torn");
            return;
        }

        if (Interlocked.Increment(ref _seen[item.Producer][item.Number]) > 1)
            _trial.Found($"{item.Number} of producer {item.Producer} came twice");
        else if (item.Number < last[item.Producer])
            _trial.Found($"{item.Number} of producer {item.Producer} came after {last[item.Producer]}");
        last[item.Producer] = item.Number;
    }
}
