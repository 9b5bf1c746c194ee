// OmeZarrTee and OmeZarrWriter over the stand-in for Micro-Manager's interface, with cameras and a core that do what the real ones do:
// frames from threads of the cameras' own, devices that are loaded and unloaded, a core that processes images.
//
//   device_tests SCRATCH
#include "fake_core.h"
#include "stall.h"

#include <memory>
#include <signal.h>
#include <sys/resource.h>

namespace {

std::string scratch;

std::string path(const std::string& name) { return scratch + "/" + name + ".ome.zarr"; }

/// One of the devices, loaded as the core does.
class Loaded {
public:
    Loaded(FakeCore& core, const char* name, const std::string& label = "Recorder") : core_(core), label_(label)
    {
        device_ = CreateDevice(name);
        CHECK(device_ != nullptr);
        char given[MM::MaxStrLength] = "";
        device_->GetName(given);
        CHECK(std::string(given) == name);
        device_->SetCallback(&core);
        CHECK(device_->Initialize() == DEVICE_OK);
        core.add(label_, device_);
        if (device_->GetType() == MM::ImageProcessorDevice)
            core.setProcessor(static_cast<MM::ImageProcessor*>(device_));
        set("SettingsFile", scratch + "/plain.json");
    }

    ~Loaded() { unload(); }

    void unload()
    {
        if (device_ == nullptr)
            return;
        core_.setProcessor(nullptr);
        CHECK(device_->Shutdown() == DEVICE_OK);
        core_.remove(label_);
        DeleteDevice(device_);
        device_ = nullptr;
    }

    std::string get(const char* name) const
    {
        char value[MM::MaxStrLength] = "";
        checkTrue(device_->GetProperty(name, value) == DEVICE_OK, name, __FILE__, __LINE__, value);
        return value;
    }

    long number(const char* name) const { return std::strtol(get(name).c_str(), nullptr, 10); }

    /// The text of the refusal, or "".
    std::string attempt(const char* name, const std::string& value)
    {
        const int status = device_->SetProperty(name, value.c_str());
        if (status == DEVICE_OK)
            return "";
        char text[MM::MaxStrLength] = "";
        device_->GetErrorText(status, text);
        return text[0] == '\0' ? "refused" : text;
    }

    void set(const char* name, const std::string& value)
    {
        const std::string error = attempt(name, value);
        checkTrue(error.empty(), name, __FILE__, __LINE__, error);
    }

    void arm(const std::string& name)
    {
        set("Path", path(name));
        set("Recording", "1");
        CHECK(get("State") == "Recording" && get("Recording") == "1" && get("Dataset") == path(name));
    }

    void disarm()
    {
        set("Recording", "0");
        waitUntil([&] { return !device_->Busy(); }, "the dataset is completed");
        CHECK_TEXT(get("State") + " " + get("LastError"), "Idle");
        CHECK(number("FramesAppended") == number("FramesWritten"));
    }

    MM::Device* operator->() { return device_; }

private:
    FakeCore& core_;
    const std::string label_;
    MM::Device* device_ = nullptr;
};

// ---- Both ---------------------------------------------------------------------------------------------------------------------

void theModuleOffersBothDevices()
{
    InitializeModuleData();
    InitializeModuleData(); // may come again
    CHECK(GetDeviceInterfaceVersion() == DEVICE_INTERFACE_VERSION);
    CHECK(CreateDevice("Other") == nullptr && CreateDevice(nullptr) == nullptr);
    std::unique_ptr<MM::Device> unused(CreateDevice("OmeZarrWriter")); // never initialized
    CHECK(!unused->Busy());
}

void propertiesAreThere(const char* name)
{
    FakeCore core;
    Loaded device(core, name);
    for (const char* const property : {"Path", "SettingsFile", "Compression", "Pyramid", "PixelSizeUm", "Axes", "Cameras",
                                       "OnShapeChange", "OnOverflow", "Recording", "State", "Dataset", "FramesAppended",
                                       "FramesWritten", "FramesDropped", "RingUse", "AppendP99Us", "LastError"})
        CHECK(device->HasProperty(property));
    CHECK(device->HasProperty("BypassCoreBuffer") == (std::string(name) == "OmeZarrWriter"));
    CHECK(device.get("State") == "Idle" && device.get("Recording") == "0");
    CHECK(!device.attempt("FramesWritten", "5").empty()); // read-only
    CHECK(!device.attempt("Compression", "rar").empty());
    CHECK_TEXT(device.attempt("Axes", "t;z"), "how many z are there");
    CHECK_TEXT(device.attempt("Recording", "1"), "no camera");
    CHECK(device.get("State") == "Error" && device.get("LastError").find(',') == std::string::npos);
    FakeCamera camera(core, "Cam", 0);
    CHECK_TEXT(device.attempt("Recording", "1"), "Path is empty");
    device.set("Cameras", "Kam");
    CHECK_TEXT(device.attempt("Recording", "1"), "there is no camera Kam; loaded: Cam");
    device.set("Cameras", "");
    device.set("Recording", "0"); // harmless
    device.arm(std::string(name) + "-idle");
    device.set("Recording", "1"); // already
    device.disarm();
    CHECK(!core.log().empty());
}

// ---- OmeZarrTee ---------------------------------------------------------------------------------------------------------------

void teeRecordsSequencesAndSnaps()
{
    FakeCore core;
    FakeCamera camera(core, "Cam", 0);
    Loaded tee(core, "OmeZarrTee");
    camera.run(3); // not recorded
    camera.join();
    tee.arm("tee");
    camera.run(20);
    camera.join();
    for (int i = 0; i < 3; i++)
        core.process(camera.pixels(camera.next++), camera.width, camera.height, camera.bytes); // snaps, between sequences
    camera.run(2);
    camera.join();
    tee.disarm();
    CHECK(core.takeArrived().size() == 25); // the core got all the sequences' frames
    for (unsigned i = 0; i < 25; i++)
        CHECK(holds(path("tee"), i, camera.pixels(3 + i)));
    CHECK(tee.number("FramesAppended") == 25);
    CHECK_TEXT(root(path("tee")), "\"exposure_time\":0.0125");
}

void teeFollowsRoiBinningAndPixelType()
{
    FakeCore core;
    FakeCamera camera(core, "Cam", 0);
    Loaded tee(core, "OmeZarrTee");
    tee.arm("tee-shapes");
    const auto acquire = [&](unsigned width, unsigned height, unsigned bytes, unsigned components, int binning) {
        camera.width = width, camera.height = height, camera.bytes = bytes, camera.components = components;
        camera.binning = binning;
        camera.run(2);
        camera.join();
    };
    acquire(48, 32, 2, 1, 1);
    acquire(16, 8, 2, 1, 1); // a region
    acquire(24, 16, 2, 1, 2);
    acquire(24, 16, 1, 1, 2);
    acquire(24, 16, 4, 4, 2); // RGB32
    acquire(24, 16, 4, 1, 2); // of the same size, but numbers
    acquire(24, 16, 8, 4, 2); // RGB64
    tee.disarm();
    const char* const shapes[] = {"[2,32,48]", "[2,8,16]", "[2,16,24]", "[2,16,24]", "[2,3,16,24]", "[2,16,24]", "[2,3,16,24]"};
    const char* const types[] = {"GRAY16", "GRAY16", "GRAY16", "GRAY8", "RGB32", "GRAY32", "RGB64"};
    for (std::size_t i = 0; i < 7; i++) {
        const std::string dataset = path(i == 0 ? "tee-shapes" : "tee-shapes_" + std::to_string(i));
        CHECK(shapeOf(dataset) == shapes[i]);
        CHECK_TEXT(root(dataset), "\"pixel_type\":\"" + std::string(types[i]) + "\",\"binning\":" + (i < 2 ? "1" : "2"));
    }
    for (unsigned colour = 0; colour < 3; colour++) {
        CHECK(holdsColour(path("tee-shapes_4"), 1, colour, pixelsOf(0, 9, 24 * 16 * 4), 1));
        CHECK(holdsColour(path("tee-shapes_6"), 0, colour, pixelsOf(0, 12, 24 * 16 * 8), 2));
    }
    CHECK(holds(path("tee-shapes_5"), 0, pixelsOf(0, 10, 24 * 16 * 4)));
    CHECK(tee.number("FramesWritten") == 14);
}

void teeRefusesSeveralCameras()
{
    FakeCore core;
    FakeCamera left(core, "Left", 0), right(core, "Right", 1);
    FakeMultiCamera multi(core, {"Left", "Right"});
    Loaded tee(core, "OmeZarrTee");
    tee.set("Path", path("refused"));
    CHECK_TEXT(tee.attempt("Recording", "1"), "set it to one of: Left; Right");
    core.setCamera("Multi");
    CHECK_TEXT(tee.attempt("Recording", "1"), "For 2 cameras use OmeZarrWriter");
    tee.set("Cameras", "Left;Right");
    CHECK_TEXT(tee.attempt("Recording", "1"), "For 2 cameras use OmeZarrWriter");
    CHECK(!exists(path("refused") + "/zarr.json"));
    tee.set("Cameras", "Left");
    tee.arm("alone");
    left.run(3);
    left.join();
    CHECK(tee.number("FramesAppended") == 3);
    right.run(0);
    waitUntil([&] { return tee.get("State") == "Error"; }, "the second camera is noticed");
    right.stop();
    CHECK_TEXT(tee.get("LastError"), "Right is running as well");
    waitUntil([&] { return !tee->Busy(); }, "what there is is completed");
    CHECK(shapeOf(path("alone")) == "[3,32,48]");
}

// ---- OmeZarrWriter ------------------------------------------------------------------------------------------------------------

void writerRecordsSeveralCamerasAsArrays()
{
    FakeCore core;
    FakeCamera left(core, "Left", 0), right(core, "Right", 1), other(core, "Other", 2);
    FakeMultiCamera multi(core, {"Left", "Right"});
    right.width = 20, right.height = 10, right.bytes = 4, right.components = 4;
    core.setCamera("Multi");
    Loaded writer(core, "OmeZarrWriter");
    writer.arm("writer");
    for (FakeCamera* const camera : {&left, &right, &other})
        camera->run(25);
    for (FakeCamera* const camera : {&left, &right, &other})
        camera->join();
    core.process(left.pixels(99), left.width, left.height, left.bytes); // a snap passes it by
    writer.disarm();
    CHECK(writer.number("FramesAppended") == 50);
    CHECK(core.finished() == 3);
    const std::vector<Arrived> arrived = core.takeArrived();
    CHECK(arrived.size() == 75); // all went on to the core
    CHECK_TEXT(arrived[0].tags, arrived[0].camera);
    for (unsigned i = 0; i < 25; i++) {
        CHECK(holds(path("writer") + "/Left", i, left.pixels(i)));
        for (unsigned colour = 0; colour < 3; colour++)
            CHECK(holdsColour(path("writer") + "/Right", i, colour, right.pixels(i), 1));
    }
    CHECK(!exists(path("writer") + "/Other/zarr.json"));
    CHECK_TEXT(root(path("writer") + "/Left"), "\"Camera\":\"Left\"");
    for (FakeCamera* const camera : {&left, &right, &other})
        CHECK(camera->callback() == &core); // given back
}

void writerUnderstandsEachWayToInsert()
{
#if DEVICE_INTERFACE_VERSION < 74
    const std::vector<Insert> ways = {Insert::WithComponents, Insert::WithoutComponents, Insert::Buffer, Insert::MetadataObject};
#else
    const std::vector<Insert> ways = {Insert::WithComponents, Insert::WithoutComponents};
#endif
    for (std::size_t i = 0; i < ways.size(); i++) {
        for (const unsigned components : {1u, 4u}) {
            FakeCore core;
            FakeCamera camera(core, "Cam", 0);
            camera.way = ways[i];
            camera.components = components;
            camera.bytes = components == 4 ? 4 : 2;
            Loaded writer(core, "OmeZarrWriter");
            const std::string name = "way" + std::to_string(i) + "-" + std::to_string(components);
            writer.arm(name);
            camera.run(3);
            camera.join();
            writer.disarm();
            CHECK(core.takeArrived().size() == 3);
            CHECK(components == 4 ? holdsColour(path(name), 2, 1, camera.pixels(2), 1) : holds(path(name), 2, camera.pixels(2)));
            CHECK_TEXT(root(path(name)), "\"Camera\":\"Cam\"");
        }
    }
}

void writerCanLeaveOutTheCoresBuffer()
{
    FakeCore core;
    FakeCamera camera(core, "Cam", 0);
    Loaded writer(core, "OmeZarrWriter");
    writer.set("BypassCoreBuffer", "1");
    camera.run(2); // nothing is recorded: to the core
    camera.join();
    writer.arm("bypass");
    camera.run(10);
    camera.join();
    writer.disarm();
    camera.run(3);
    camera.join();
    CHECK(core.takeArrived().size() == 5 && writer.number("FramesWritten") == 10);
    CHECK(holds(path("bypass"), 9, camera.pixels(11)));
}

void writerRefusesARunningCameraAndASecondWriter()
{
    FakeCore core;
    FakeCamera camera(core, "Cam", 0);
    Loaded writer(core, "OmeZarrWriter"), second(core, "OmeZarrWriter", "Second");
    camera.run(0);
    writer.set("Path", path("running"));
    CHECK_TEXT(writer.attempt("Recording", "1"), "the camera Cam is running; stop it");
    camera.stop();
    writer.arm("first");
    second.set("Path", path("second"));
    CHECK_TEXT(second.attempt("Recording", "1"), "another OmeZarrWriter records the camera Cam");
    camera.run(3);
    camera.join();
    CHECK(writer.number("FramesAppended") == 3);
    writer.disarm();
    CHECK(camera.callback() == &core);
    second.arm("third");
    second.disarm();
}

void recordingMayEndWhileTheCameraRuns()
{
    FakeCore core;
    FakeCamera camera(core, "Cam", 0);
    Loaded writer(core, "OmeZarrWriter");
    writer.arm("ended");
    camera.run(0);
    waitUntil([&] { return writer.number("FramesAppended") > 3; }, "frames come");
    writer.disarm();
    const std::size_t before = core.arrivedCount();
    waitUntil([&] { return core.arrivedCount() > before + 3; }, "the camera goes on");
    camera.stop();
    writer.arm("ended-again");
    camera.run(2);
    camera.join();
    writer.disarm();
    CHECK(writer.number("FramesAppended") == 2 && camera.callback() == &core);
}

void camerasMayGoWhileTheyAreRecorded()
{
    FakeCore core;
    std::unique_ptr<FakeCamera> left(new FakeCamera(core, "Left", 0));
    FakeCamera right(core, "Right", 1);
    Loaded writer(core, "OmeZarrWriter");
    writer.set("Cameras", "Left;Right");
    writer.arm("gone");
    left->run(2);
    left->join();
    left.reset();
    right.run(3);
    right.join();
    writer.disarm();
    CHECK(shapeOf(path("gone") + "/Left") == "[2,32,48]" && shapeOf(path("gone") + "/Right") == "[3,32,48]");
}

// ---- Both, again --------------------------------------------------------------------------------------------------------------

void unloadingWhileRecordingIsHarmless()
{
    for (const char* const name : {"OmeZarrTee", "OmeZarrWriter"}) {
        FakeCore core;
        FakeCamera camera(core, "Cam", 0);
        Loaded device(core, name);
        const std::string dataset = std::string(name) + "-unloaded";
        device.arm(dataset);
        const bool tee = std::string(name) == "OmeZarrTee";
        camera.run(tee ? 50 : 0);
        waitUntil([&] { return device.number("FramesAppended") > 3; }, "frames come");
        if (tee)
            camera.join(); // a core that unloads an image processor while it is called cannot be helped by it
        device.unload();
        if (!tee) {
            const std::size_t before = core.arrivedCount();
            waitUntil([&] { return core.arrivedCount() > before + 3; }, "the camera goes on");
            CHECK(camera.callback() == &core);
        }
        camera.stop();
        CHECK_TEXT(root(path(dataset)), "\"complete\":true");
    }
}

void recordingStartsAndStopsAHundredTimes()
{
    for (const char* const name : {"OmeZarrTee", "OmeZarrWriter"}) {
        FakeCore core;
        FakeCamera camera(core, "Cam", 0);
        Loaded device(core, name);
        const std::string dataset = std::string(name) + "-again";
        device.set("Path", path(dataset));
        for (unsigned i = 0; i < 100; i++) {
            device.set("Recording", "1");
            camera.run(2);
            camera.join();
            device.disarm();
            CHECK(device.number("FramesAppended") == 2);
        }
        CHECK(holds(path(dataset + "_99"), 1, camera.pixels(199)));
        CHECK(core.takeArrived().size() == 200);
    }
}

void aFullDiskStopsTheCameraOrOnlyTheRecording()
{
    for (const char* const overflow : {"Stop", "Drop"}) {
        FakeCore core;
        FakeCamera camera(core, "Cam", 0);
        Loaded writer(core, "OmeZarrWriter");
        writer.set("OnOverflow", overflow);
        writer.arm(std::string("full-") + overflow);
        struct rlimit before;
        CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
        signal(SIGXFSZ, SIG_IGN);
        const struct rlimit small = {1000, before.rlim_max};
        CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
        camera.run(0);
        waitUntil([&] { return writer.get("State") == "Error"; }, "the full disk is noticed");
        if (std::string(overflow) == "Stop") {
            camera.join(); // by itself: the core was told to
        } else {
            const std::size_t count = core.arrivedCount();
            waitUntil([&] { return core.arrivedCount() > count + 3; }, "the camera goes on");
            camera.stop();
        }
        CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
        CHECK(writer.get("Recording") == "0");
        CHECK_TEXT(writer.get("LastError"), "OMZ_E_");
        CHECK(writer.number("FramesDropped") > 0);
        waitUntil([&] { return !writer->Busy(); }, "what there is is completed");
    }
}

#if CAN_STALL

/// A camera that waited for the disk would not get here: the disk stands still until the end.
void aStalledDiskDoesNotHoldTheCamera()
{
    writeFile(scratch + "/small.json", "{\"layout\": null, \"compression\": \"none\", \"pyramid\": null, \"pipeline\": {\"ring_frames\": 16}}");
    FakeCore core;
    FakeCamera camera(core, "Cam", 0);
    Loaded tee(core, "OmeZarrTee");
    tee.set("SettingsFile", scratch + "/small.json");
    tee.arm("stalled");
    disk::stalled() = true;
    camera.run(500);
    camera.join();
    CHECK(disk::waiting() > 0 && core.takeArrived().size() == 500);
    CHECK(tee.get("State") == "Error" && tee->Busy());
    CHECK_TEXT(tee.get("LastError"), "the disk is too slow");
    disk::stalled() = false;
    waitUntil([&] { return !tee->Busy(); }, "what there is is completed");
    CHECK(tee.number("FramesWritten") == tee.number("FramesAppended"));
}

#endif

} // namespace

int main(int argc, char** argv)
{
    CHECK(argc == 2);
    scratch = argv[1];
    writeFile(scratch + "/plain.json", plainSettings());
    theModuleOffersBothDevices();
    propertiesAreThere("OmeZarrTee");
    propertiesAreThere("OmeZarrWriter");
    teeRecordsSequencesAndSnaps();
    teeFollowsRoiBinningAndPixelType();
    teeRefusesSeveralCameras();
    writerRecordsSeveralCamerasAsArrays();
    writerUnderstandsEachWayToInsert();
    writerCanLeaveOutTheCoresBuffer();
    writerRefusesARunningCameraAndASecondWriter();
    recordingMayEndWhileTheCameraRuns();
    camerasMayGoWhileTheyAreRecorded();
    unloadingWhileRecordingIsHarmless();
    recordingStartsAndStopsAHundredTimes();
    aFullDiskStopsTheCameraOrOnlyTheRecording();
#if CAN_STALL
    aStalledDiskDoesNotHoldTheCamera();
#endif
    std::puts("ok");
    return 0;
}
