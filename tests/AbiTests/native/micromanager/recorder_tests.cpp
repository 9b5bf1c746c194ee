// The recorder of the Micro-Manager adapter without Micro-Manager: what it makes of axes, settings files and tags, and what
// becomes of frames when their shape changes, the disk is slow or full, and recordings start and stop.
//
//   recorder_tests SCRATCH
#include "Axes.h"
#include "Recorder.h"
#include "Tags.h"
#include "check.h"
#include "stall.h"

#include <signal.h>
#include <stdexcept>
#include <sys/resource.h>

using namespace omezarr;

namespace {

std::string scratch;

std::string path(const std::string& name) { return scratch + "/" + name + ".ome.zarr"; }

FrameShape shape(unsigned width, unsigned height, unsigned bytes, unsigned components = 1, unsigned binning = 1)
{
    FrameShape shape;
    shape.width = width;
    shape.height = height;
    shape.bytesPerPixel = bytes;
    shape.components = components;
    shape.binning = binning;
    return shape;
}

const FrameShape grey = shape(48, 32, 2);

std::size_t bytesOf(const FrameShape& shape) { return std::size_t{shape.width} * shape.height * shape.bytesPerPixel; }

Options optionsOf(const std::string& name)
{
    Options options;
    options.path = path(name);
    options.settingsFile = scratch + "/plain.json";
    return options;
}

void start(Recorder& recorder, const Options& options, const std::vector<Camera>& cameras = {{"Cam", grey}})
{
    const std::string error = recorder.start(options, cameras);
    checkTrue(error.empty(), "start", __FILE__, __LINE__, error);
}

Taken give(Recorder& recorder, unsigned number, const FrameShape& shape = grey, std::size_t camera = 0,
           const char* tags = nullptr)
{
    const std::vector<unsigned char> pixels = pixelsOf(static_cast<unsigned>(camera), number, bytesOf(shape));
    Frame frame;
    frame.pixels = pixels.data();
    frame.shape = shape;
    frame.exposureMs = 10;
    frame.tags = tags;
    return recorder.take(camera, frame);
}

void finish(Recorder& recorder)
{
    recorder.stop();
    CHECK(recorder.wait(std::chrono::minutes(2)));
    CHECK(!recorder.finishing());
    const Status status = recorder.status();
    checkTrue(status.state == State::Idle, "it has finished without an error", __FILE__, __LINE__, status.lastError);
}

std::string refusal(const std::function<void()>& action)
{
    try {
        action();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "not refused";
}

// ---- Texts -------------------------------------------------------------------------------------------------------------------

void axesAreReadAsWritten()
{
    CHECK(parseAxes("").dump() == "[{\"name\":\"t\"}]");
    CHECK(parseAxes(" t ; c=DAPI|GFP ; z=21@0.5 ").dump()
        == "[{\"name\":\"t\"},{\"name\":\"c\",\"coords\":[{\"name\":\"DAPI\"},{\"name\":\"GFP\"}]},"
           "{\"name\":\"z\",\"count\":21,\"unit\":\"micrometer\",\"scale\":0.5}]");
    CHECK(parseAxes("t=10@2;p=4;c=2").dump()
        == "[{\"name\":\"t\",\"count\":10,\"unit\":\"second\",\"scale\":2},{\"name\":\"p\",\"type\":\"position\",\"count\":4},"
           "{\"name\":\"c\",\"count\":2}]");
    CHECK(parseAxes("t@0.25").dump() == "[{\"name\":\"t\",\"unit\":\"second\",\"scale\":0.25}]");
}

void axesThatMakeNoSenseAreRefusedWithAnExample()
{
    for (const char* const wrong : {"t;", ";t", "t;z", "t;z=many", "t=0.5", "=3", "t;t=2", "t;x=5", "y", "z=3@", "z=3@no",
                                    "z=3@-1", "z=3@0,5", "t,z", "t;c=DAPI,GFP", "c=A||B", "z=3@1@2", "t=-1"}) {
        const std::string text = refusal([&] { parseAxes(wrong); });
        checkTrue(text.compare(0, 6, "Axes: ") == 0, wrong, __FILE__, __LINE__, text);
    }
}

void jsonIsReadAndWrittenBack()
{
    for (const char* const same : {"{}", "[]", "null", "true", "-1.5e-7", "{\"a\":[1,{\"b\":\"\\\"\\\\\\u0001\"}],\"c\":false}",
                                   "\"\xC3\xA4\xF0\x9F\x94\xAC\""})
        CHECK(Json::parse(same).dump() == same);
    CHECK(Json::parse(" \xEF\xBB\xBF[1]"+ 1).dump() == "[1]");
    CHECK(Json::parse("\"\\u00e4\\ud83d\\udd2c\\/\"").dump() == "\"\xC3\xA4\xF0\x9F\x94\xAC/\"");
    CHECK(Json::string("\xFF" "a\xC3").dump() == "\"?a?\"");
    for (const char* const wrong : {"", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{\"a\":1,\"a\":2}", "01", "1.", "tru", "\"a",
                                    "1 2", "\"D:\\data\"", "\"\\u12\"", "{a:1}"})
        CHECK_TEXT(refusal([&] { Json::parse(wrong); }), "line 1: not valid JSON; expected ");
    CHECK_TEXT(refusal([&] { Json::parse(std::string(100, '[')); }), "nesting");
    Json base = Json::parse("{\"a\":{\"x\":1,\"y\":2},\"b\":3}");
    base.merge(Json::parse("{\"a\":{\"y\":4,\"z\":5},\"c\":6}"));
    CHECK(base.dump() == "{\"a\":{\"x\":1,\"y\":4,\"z\":5},\"b\":3,\"c\":6}");
}

void tagsBecomeJson()
{
    std::string json;
    tagsToJson("2  \ns\nBinning\n_\n1\n2\ns\nName\nCam\n0\na \"b\"\n", json);
    CHECK(json == "{\"Binning\":\"2\",\"Cam-Name\":\"a \\\"b\\\"\"}");
    for (const char* const none : {"", "0\n", "1\n", "1\nx\n", "1\ns\nName\n", "1\ns\nName\n_\n1\n"}) {
        tagsToJson(none, json);
        CHECK(json.empty());
    }
    tagsToJson("3\ns\nA\n_\n1\n1\ns\ndelta_t\n\n1\n5\ns\nA\n_\n1\n2\n", json);
    CHECK(json == "{\"A\":\"2\",\"camera-delta_t\":\"5\"}"); // the last of a name counts; a text is no number
    tagsToJson(nullptr, json);
    CHECK(json.empty());
}

void camerasGetKeysThatAreGoodForFolders()
{
    const std::vector<std::string> keys = keysOf({{"Cam", grey}, {"cam", grey}, {"A/B:C", grey}, {"", grey}, {"OME", grey},
                                                  {"dot.", grey}, {"__x", grey}});
    const std::vector<std::string> expected = {"Cam", "cam-2", "A_B_C", "camera-", "camera-OME", "dot_", "camera-__x"};
    CHECK(keys == expected);
    Recorder recorder;
    std::vector<Camera> cameras;
    for (const char* const label : {"Cam", "cam", "A/B:C", "", "OME", "dot.", "__x"})
        cameras.push_back({label, grey});
    start(recorder, optionsOf("keys"), cameras);
    finish(recorder);
}

void settingsFilesLeaveTheDevicesWhatIsTheirs()
{
    for (const char* const wrong : {"{\"root_path\": \"x\"}", "{\"dimensions\": []}", "{\"arrays\": []}", "{\"frame\": {}}",
                                    "{\"overwrite\": true}", "[]", "{", "{\"pipeline\": {\"append_timeout_ms\": 500}}",
                                    "{\"pipeline\": {\"append_timeout_ms\": -1}}", "{\"no_such_setting\": 1}"}) {
        writeFile(scratch + "/wrong.json", wrong);
        Options options = optionsOf("wrong");
        options.settingsFile = scratch + "/wrong.json";
        Recorder recorder;
        const std::string error = recorder.start(options, {{"Cam", grey}});
        checkTrue(!error.empty() && !exists(path("wrong") + "/zarr.json"), wrong, __FILE__, __LINE__, error);
        CHECK(recorder.status().state == State::Error && recorder.status().lastError == error);
    }
    Options options = optionsOf("wrong");
    options.settingsFile = scratch + "/none.json";
    Recorder recorder;
    CHECK_TEXT(recorder.start(options, {{"Cam", grey}}), "none.json cannot be read");
    CHECK_TEXT(recorder.start(Options(), {{"Cam", grey}}), "Path is empty");
    CHECK_TEXT(recorder.start(optionsOf("wrong"), {}), "no camera");
    CHECK_TEXT(recorder.start(optionsOf("wrong"), {{"Cam", shape(8, 8, 3)}}), "3 bytes");
    start(recorder, optionsOf("right"));
    CHECK(recorder.status().lastError.empty());
    finish(recorder);
}

// ---- Recordings --------------------------------------------------------------------------------------------------------------

void everyFrameIsStored()
{
    Recorder recorder;
    CHECK(give(recorder, 0) == Taken::No);
    Options options = optionsOf("all");
    options.pixelSizeUm = 0.25;
    start(recorder, options, {{"Cam", shape(48, 32, 2, 1, 2)}});
    CHECK(exists(path("all") + "/zarr.json")); // before the first frame
    CHECK_TEXT(recorder.start(options, {{"Cam", grey}}), "a recording is on");
    for (unsigned i = 0; i < 30; i++)
        CHECK(give(recorder, i, shape(48, 32, 2, 1, 2), 0, "1\ns\nAngle\n_\n1\n30\n") == Taken::Stored);
    finish(recorder);
    CHECK(give(recorder, 0) == Taken::No);
    for (unsigned i = 0; i < 30; i++)
        CHECK(holds(path("all"), i, pixelsOf(0, i, bytesOf(grey))));
    const Status status = recorder.status();
    CHECK(status.framesAppended == 30 && status.framesWritten == 30 && status.framesDropped == 0);
    CHECK(status.dataset == path("all"));
    CHECK_TEXT(root(path("all")), "\"complete\":true");
    CHECK_TEXT(root(path("all")), "\"Angle\":\"30\"");
    CHECK_TEXT(root(path("all")), "\"exposure_time\":0.01");
    CHECK_TEXT(root(path("all")), "\"scale\":[1.0,0.5,0.5]"); // 0.25 um at binning 2
}

void anotherShapeIsAnotherDataset()
{
    Recorder recorder;
    start(recorder, optionsOf("shapes"));
    const FrameShape small = shape(16, 8, 1), colour = shape(16, 8, 4, 4);
    CHECK(give(recorder, 0, small) == Taken::Stored); // before any frame: the empty dataset is not kept
    CHECK(give(recorder, 1, small) == Taken::Stored);
    CHECK(give(recorder, 2, colour) == Taken::Stored);
    CHECK(give(recorder, 3, small) == Taken::Stored);
    finish(recorder);
    CHECK(shapeOf(path("shapes")) == "[2,8,16]");
    CHECK(shapeOf(path("shapes_1")) == "[1,3,8,16]");
    CHECK(shapeOf(path("shapes_2")) == "[1,8,16]");
    CHECK(!exists(path("shapes_3") + "/zarr.json"));
    CHECK(holds(path("shapes"), 1, pixelsOf(0, 1, bytesOf(small))) && holds(path("shapes_2"), 0, pixelsOf(0, 3, bytesOf(small))));
    for (unsigned i = 0; i < 3; i++)
        CHECK(holdsColour(path("shapes_1"), 0, i, pixelsOf(0, 2, bytesOf(colour)), 1));
    CHECK(recorder.status().framesAppended == 4 && recorder.status().framesWritten == 4);
    CHECK_TEXT(root(path("shapes_1")), "\"continues\":\"" + path("shapes") + "\"");
    CHECK(recorder.status().dataset == path("shapes_2"));
}

void anotherShapeEndsTheRecordingIfAskedFor()
{
    Recorder recorder;
    Options options = optionsOf("stop");
    options.newDatasetOnShapeChange = false;
    start(recorder, options);
    CHECK(give(recorder, 0) == Taken::Stored);
    CHECK(give(recorder, 1, shape(48, 32, 1)) == Taken::Failed);
    CHECK(give(recorder, 2) != Taken::Stored);
    CHECK(!recorder.recording());
    CHECK(recorder.wait(std::chrono::minutes(2)));
    CHECK(recorder.status().state == State::Error);
    CHECK_TEXT(recorder.status().lastError, "48 x 32 pixels of 2 bytes");
    CHECK(shapeOf(path("stop")) == "[1,32,48]");
    CHECK_TEXT(root(path("stop")), "\"reason\":\"framesofCam");
}

void nothingIsEverReplaced()
{
    Recorder recorder;
    for (unsigned i = 0; i < 100; i++) {
        start(recorder, optionsOf("again"));
        CHECK(give(recorder, i) == Taken::Stored);
        finish(recorder);
        CHECK(recorder.status().framesAppended == 1);
    }
    CHECK(holds(path("again"), 0, pixelsOf(0, 0, bytesOf(grey))));
    for (unsigned i = 1; i < 100; i++)
        CHECK(holds(path("again_" + std::to_string(i)), 0, pixelsOf(0, i, bytesOf(grey))));
    CHECK(numberedPath("a/b", 2) == "a/b_2" && numberedPath("a/b.zarr/", 1) == "a/b_1.zarr");
    CHECK(numberedPath("b.OME.Zarr", 1) == "b_1.OME.Zarr");
}

void camerasHaveThreadsOfTheirOwn()
{
    Recorder recorder;
    const FrameShape other = shape(24, 40, 1);
    start(recorder, optionsOf("two"), {{"Left", grey}, {"Right", other}});
    std::thread right([&] {
        for (unsigned i = 0; i < 200; i++)
            CHECK(give(recorder, i, other, 1) == Taken::Stored);
    });
    for (unsigned i = 0; i < 100; i++)
        CHECK(give(recorder, i) == Taken::Stored);
    right.join();
    CHECK(give(recorder, 0, grey, 2) == Taken::No);
    finish(recorder);
    for (unsigned i = 0; i < 100; i++)
        CHECK(holds(path("two") + "/Left", i, pixelsOf(0, i, bytesOf(grey))));
    for (unsigned i = 0; i < 200; i++)
        CHECK(holds(path("two") + "/Right", i, pixelsOf(1, i, bytesOf(other))));
}

void shapesChangeWhileAnotherCameraRuns()
{
    Recorder recorder;
    const FrameShape other = shape(24, 40, 1);
    start(recorder, optionsOf("turns"), {{"Left", grey}, {"Right", grey}});
    std::atomic<bool> ended{false};
    std::uint64_t given = 0;
    std::thread left([&] {
        for (; !ended; given++)
            CHECK(give(recorder, 1) == Taken::Stored);
    });
    for (unsigned i = 0; i < 10; i++)
        CHECK(give(recorder, i, i % 2 == 0 ? grey : other, 1) == Taken::Stored);
    ended = true;
    left.join();
    finish(recorder);
    CHECK(recorder.status().framesWritten == given + 10);
    CHECK(exists(path("turns_9") + "/zarr.json") && !exists(path("turns_10") + "/zarr.json"));
}

void moreFramesThanAxesEndTheRecording()
{
    Recorder recorder;
    Options options = optionsOf("bounded");
    options.axes = "t=2;z=3@0.5";
    start(recorder, options);
    for (unsigned i = 0; i < 6; i++)
        CHECK(give(recorder, i) == Taken::Stored);
    CHECK(give(recorder, 6) == Taken::Failed);
    CHECK_TEXT(recorder.status().lastError, "more frames came than Axes has: t=2;z=3@0.5");
    CHECK(recorder.wait(std::chrono::minutes(2)));
    CHECK(shapeOf(path("bounded")) == "[2,3,32,48]");
    start(recorder, optionsOf("bounded"));
    finish(recorder);
}

void startAndStopMayComeWhileFramesCome()
{
    Recorder recorder;
    std::atomic<bool> ended{false};
    std::uint64_t stored = 0;
    std::thread camera([&] {
        for (unsigned i = 0; !ended; i++) {
            const Taken taken = give(recorder, i);
            CHECK(taken == Taken::No || taken == Taken::Stored);
            stored += taken == Taken::Stored ? 1u : 0u;
        }
    });
    std::uint64_t appended = 0;
    for (int i = 0; i < 100; i++) {
        start(recorder, optionsOf("restless"));
        if (i % 3 == 0)
            waitUntil([&] { return recorder.status().framesAppended > 0; }, "a frame comes");
        finish(recorder);
        appended += recorder.status().framesAppended;
        CHECK(recorder.status().framesWritten == recorder.status().framesAppended);
    }
    ended = true;
    camera.join();
    CHECK(appended == stored);
}

// ---- Disks -------------------------------------------------------------------------------------------------------------------

void aFullDiskEndsTheRecordingAndIsTold()
{
    Recorder recorder;
    start(recorder, optionsOf("full"));
    struct rlimit before;
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small = {1000, before.rlim_max};
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    waitUntil([&] { return give(recorder, 0) == Taken::Failed; }, "an append fails");
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(give(recorder, 0) != Taken::Stored);
    CHECK(recorder.wait(std::chrono::minutes(2)));
    const Status status = recorder.status();
    CHECK(status.state == State::Error && status.framesDropped > 0 && !recorder.recording());
    CHECK_TEXT(status.lastError, "OMZ_E_");
    start(recorder, optionsOf("full")); // goes on elsewhere
    CHECK(recorder.status().dataset == path("full_1"));
    CHECK(give(recorder, 5) == Taken::Stored);
    finish(recorder);
    CHECK(holds(path("full_1"), 0, pixelsOf(0, 5, bytesOf(grey))));
}

#if CAN_STALL

/// Frames until the first that is not stored; the camera's thread is not held longer than the time-out.
Taken fillUp(Recorder& recorder)
{
    Taken taken = Taken::Stored;
    for (unsigned i = 0; taken == Taken::Stored; i++)
        taken = give(recorder, i);
    return taken;
}

Options stallingOptions(const std::string& name)
{
    writeFile(scratch + "/small.json", smallSettings());
    Options options = optionsOf(name);
    options.settingsFile = scratch + "/small.json";
    return options;
}

/// All calls return while the disk stands still: a call that waited for it would never return here.
void aStalledDiskHoldsNobody()
{
    Recorder recorder;
    start(recorder, stallingOptions("stalled"));
    disk::stalled() = true;
    CHECK(fillUp(recorder) == Taken::Failed);
    CHECK(disk::waiting() > 0);
    CHECK(!recorder.recording() && recorder.status().state == State::Error);
    CHECK_TEXT(recorder.status().lastError, "the disk is too slow");
    CHECK(recorder.finishing());
    CHECK(give(recorder, 0) != Taken::Stored);
    recorder.stop();
    CHECK(!recorder.wait(std::chrono::milliseconds(10)));
    disk::stalled() = false;
    CHECK(recorder.wait(std::chrono::minutes(2)));
    const Status status = recorder.status();
    CHECK(status.framesWritten == status.framesAppended && status.framesWritten > 0);
    CHECK(holds(path("stalled"), static_cast<long>(status.framesWritten) - 1,
        pixelsOf(0, static_cast<unsigned>(status.framesWritten) - 1, bytesOf(grey))));
}

void aStalledDiskDropsIfAskedForAndTellsWhichFrames()
{
    Recorder recorder;
    Options options = stallingOptions("dropped");
    options.dropOnOverflow = true;
    start(recorder, options);
    disk::stalled() = true;
    CHECK(fillUp(recorder) == Taken::Dropped);
    CHECK(give(recorder, 0) == Taken::Dropped);
    CHECK(recorder.recording() && recorder.status().framesDropped == 2);
    disk::stalled() = false;
    waitUntil([&] { return give(recorder, 7) == Taken::Stored; }, "frames are taken again");
    finish(recorder);
    CHECK_TEXT(root(path("dropped")), "\"missing_frames\":");
}

/// New datasets cannot begin where nothing can be written, and those that cannot be completed do not pile up.
void changesOfShapeOnAStalledDiskEndTheRecording()
{
    Recorder recorder;
    start(recorder, stallingOptions("piled"));
    disk::stalled() = true;
    Taken taken = Taken::Stored;
    for (unsigned i = 0; taken == Taken::Stored; i++) {
        CHECK(i < 50);
        taken = give(recorder, i, shape(16 + i % 2, 8, 1));
    }
    CHECK(taken == Taken::Failed && !recorder.recording() && recorder.status().state == State::Error);
    disk::stalled() = false;
    CHECK(recorder.wait(std::chrono::minutes(2)));
    CHECK(recorder.status().framesWritten == recorder.status().framesAppended);
}

void aDestructorDoesNotWaitForAStalledDiskForEver()
{
    {
        Recorder recorder;
        start(recorder, stallingOptions("left"));
        disk::stalled() = true;
        for (unsigned i = 0; i < 4; i++)
            CHECK(give(recorder, i) == Taken::Stored);
        waitUntil([] { return disk::waiting() > 0; }, "the disk is stuck");
    }
    CHECK(disk::waiting() > 0);
    disk::stalled() = false;
    waitUntil([] { return root(path("left")).find("\"complete\":true") != std::string::npos; }, "the library completes it");
}

#endif

} // namespace

int main(int argc, char** argv)
{
    CHECK(argc == 2);
    scratch = argv[1];
    writeFile(scratch + "/plain.json", plainSettings());
    axesAreReadAsWritten();
    axesThatMakeNoSenseAreRefusedWithAnExample();
    jsonIsReadAndWrittenBack();
    tagsBecomeJson();
    camerasGetKeysThatAreGoodForFolders();
    settingsFilesLeaveTheDevicesWhatIsTheirs();
    everyFrameIsStored();
    anotherShapeIsAnotherDataset();
    anotherShapeEndsTheRecordingIfAskedFor();
    nothingIsEverReplaced();
    camerasHaveThreadsOfTheirOwn();
    shapesChangeWhileAnotherCameraRuns();
    moreFramesThanAxesEndTheRecording();
    startAndStopMayComeWhileFramesCome();
    aFullDiskEndsTheRecordingAndIsTold();
#if CAN_STALL
    aStalledDiskHoldsNobody();
    aStalledDiskDropsIfAskedForAndTellsWhichFrames();
    changesOfShapeOnAStalledDiskEndTheRecording();
    aDestructorDoesNotWaitForAStalledDiskForEver();
#endif
    std::puts("ok");
    return 0;
}
