namespace AbiTests;

/// <summary>
/// Hosts in C that use the library well and badly; what each does stands at the top of native/NAME.c. Each runs as it is and
/// under the address sanitizer, which watches the host's memory and every call that the library makes into libc.
/// </summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class ScenarioTests(bool addressSanitizer)
{
    [TestCase("handles", TestName = "Null, stale and foreign handles and null pointers should be refused")]
    [TestCase("struct_sizes", TestName = "Structs of an unknown size should be refused untouched")]
    [TestCase("after_finalize", TestName = "Calls after finalize should be refused")]
    [TestCase("two_threads", TestName = "A second thread should be told that a stream is busy")]
    [TestCase("producers", TestName = "Frames of several producers should lie where their index says")]
    [TestCase("frame_order", TestName = "Frames should be taken in any order, each index once")]
    [TestCase("many_streams", TestName = "A thousand streams should leave no thread, file or memory behind")]
    [TestCase("signals", TestName = "The host's signal handlers should stay installed and work")]
    [TestCase("forked", TestName = "A forked child should be refused and the parent should go on")]
    [TestCase("messages", TestName = "Errors should name the setting's path, what was given and what is allowed")]
    [TestCase("existing", TestName = "What lies at the output path should be replaced only when asked for and a Zarr")]
    [TestCase("resumed", TestName = "An acquisition should go on where it was ended, aborted or refused")]
    [TestCase("row_stride", TestName = "Padded rows should be stored without their padding")]
    [TestCase("frame_metadata", TestName = "Typed metadata should go with a frame however it is handed in")]
    [TestCase("frame_json", TestName = "JSON with a frame should be stored as it is or refused with the frame")]
    [TestCase("slots", TestName = "Slots that a camera fills should belong to the caller until committed or cancelled")]
    [TestCase("borrowed", TestName = "Borrowed buffers should be stored and every token come back once")]
    [TestCase("arrays", TestName = "Cameras of one stream should be appended by key, from a thread each")]
    [TestCase("pyramid", TestName = "Resolution levels should be made of every frame, however it is handed in")]
    [TestCase("few_buffers", TestName = "A host with few buffers to lend should never wait for one in vain")]
    [TestCase("coordinates", TestName = "Frames should lie where their coordinates say")]
    [TestCase("any_thread", TestName = "Errors should be told to whatever thread asks")]
    [TestCase("backpressure", TestName = "A full ring should fail, drop or block as asked for")]
    [TestCase("stalled", TestName = "A chunk longer than the ring should never hang")]
    [TestCase("disk_full", TestName = "A full disk should fail the next append and stick")]
    [TestCase("finalize_poll", TestName = "Finalize should be possible in steps")]
    [TestCase("ends", TestName = "Whoever waits should return at the end, and a camera's slot stay its own")]
    [TestCase("aborted", TestName = "Abort should keep whole chunks and free everything")]
    [TestCase("logging", TestName = "Log lines should come one at a time and end when told to")]
    [TestCase("stats", TestName = "Statistics should add up")]
    [TestCase("texts", TestName = "Texts should never be written beyond their capacity")]
    [TestCase("other_threads", TestName = "Other threads should ask, flush and finalize while one appends")]
    [TestCase("floats", TestName = "The host's floating-point environment should neither change nor matter")]
    [TestCase("host_signals", TestName = "The host's signals should stay the host's, and a file too large be an error")]
    [TestCase("log_blocked", TestName = "A log callback that blocks should keep nobody waiting")]
    [TestCase("log_file", TestName = "A log file that cannot be one should be refused with what to do")]
    [TestCase("end_reason", TestName = "A host should be able to say why it ends a stream")]
    [TestCase("small_stack", TestName = "A call on a stack that is nearly used up should be refused")]
    [TestCase("monitor", TestName = "A stream should show itself to who knows its address, and leave nothing behind")]
    [TestCase("reading", TestName = "What was written should be read back, and what is missing be told")]
    [TestCase("random_calls", TestName = "Calls in any order with any arguments should do no harm")]
    [TestCase("hostile_settings", TestName = "Any bytes as settings should do no harm")]
    public void Scenario(string name)
    {
        var sources = Repository.Scenario(name);
        var program = addressSanitizer ? Compiler.Build("c99", sources, "-fsanitize=address") : Compiler.Build("c99", sources);
        using var scratch = new Scratch();
        var result = Tool.Run(program, [scratch.Folder], folder: null, Sanitizers.Options).ShouldSucceed();
        Assert.That(result.Output, Does.EndWith("ok\n"));
        TestContext.Out.Write(result.Output);
    }

    [Test]
    public void EveryProgramShouldBeRun()
    {
        string[] others = ["killed", "labview", "layout", "memory", "platform", "sanitized", "statuses", "support", "version"];
        var cases = typeof(ScenarioTests).GetMethod(nameof(Scenario))!.GetCustomAttributes(typeof(TestCaseAttribute), false)
            .Select(attribute => (string)((TestCaseAttribute)attribute).Arguments[0]!);
        var files = Directory.GetFiles(Repository.Native, "*.c").Select(file => Path.GetFileNameWithoutExtension(file)!);
        Assert.That(cases.Concat(others), Is.EquivalentTo(files));
    }
}
