// The adapter in Micro-Manager's own core, with its demo cameras and Multi Camera. What the core delivers is compared pixel by pixel
// with what was recorded.
//
//   real_core ADAPTERS SCRATCH [CONFIG]     ADAPTERS has the modules DemoCamera, Utilities and OmeZarrNative
#include "check.h"

#include "ImageMetadata.h"
#include "MMCore.h"

#include <map>
#include <memory>
#include <sys/resource.h>
#include <signal.h>

namespace {

std::string adapters, scratch;

/// A core with two demo cameras, Multi Camera over them, and both devices.
std::unique_ptr<CMMCore> makeCore()
{
    std::unique_ptr<CMMCore> core(new CMMCore);
    core->enableStderrLog(false);
    core->setDeviceAdapterSearchPaths({adapters});
    core->loadDevice("DHub", "DemoCamera", "DHub");
    for (const char* const camera : {"CamA", "CamB"}) {
        core->loadDevice(camera, "DemoCamera", "DCam");
        core->setParentLabel(camera, "DHub");
    }
    core->loadDevice("Multi", "Utilities", "Multi Camera");
    core->loadDevice("Tee", "OmeZarrNative", "OmeZarrTee");
    core->loadDevice("Writer", "OmeZarrNative", "OmeZarrWriter");
    core->initializeAllDevices();
    for (const char* const camera : {"CamA", "CamB"}) {
        core->setProperty(camera, "PixelType", "16bit");
        core->setProperty(camera, "OnCameraCCDXSize", "128");
        core->setProperty(camera, "OnCameraCCDYSize", "96");
        core->setProperty(camera, "Exposure", "2");
    }
    core->setProperty("Multi", "Physical Camera 1", "CamA");
    core->setProperty("Multi", "Physical Camera 2", "CamB");
    core->setCircularBufferMemoryFootprint(64);
    core->setCameraDevice("CamA");
    writeFile(scratch + "/plain.json", plainSettings());
    for (const char* const device : {"Tee", "Writer"})
        core->setProperty(device, "SettingsFile", (scratch + "/plain.json").c_str());
    return core;
}

std::string get(CMMCore& core, const char* device, const char* name) { return core.getProperty(device, name); }

long number(CMMCore& core, const char* device, const char* name) { return std::stol(get(core, device, name)); }

void arm(CMMCore& core, const char* device, const std::string& name)
{
    core.setProperty(device, "Path", (scratch + "/" + name + ".ome.zarr").c_str());
    core.setProperty(device, "Recording", "1");
    CHECK(get(core, device, "State") == "Recording");
    CHECK(get(core, device, "Dataset") == scratch + "/" + name + ".ome.zarr");
}

void disarm(CMMCore& core, const char* device)
{
    core.setProperty(device, "Recording", "0");
    core.waitForDevice(device);
    CHECK_TEXT(get(core, device, "State") + get(core, device, "LastError"), "Idle");
    CHECK(number(core, device, "FramesAppended") == number(core, device, "FramesWritten"));
}

using Frames = std::map<std::string, std::vector<std::vector<unsigned char>>>;

/// Runs a sequence and takes what it delivers, by the label of the camera.
Frames acquire(CMMCore& core, long count, std::size_t bytes)
{
    Frames frames;
    core.startSequenceAcquisition(count, 0, true);
    while (core.isSequenceRunning() || core.getRemainingImageCount() > 0) {
        if (core.getRemainingImageCount() == 0) {
            std::this_thread::yield();
            continue;
        }
        Metadata metadata;
        const auto* const pixels = static_cast<const unsigned char*>(core.popNextImageMD(metadata));
        frames[metadata.GetSingleTag("Camera").GetValue()].emplace_back(pixels, pixels + bytes);
    }
    return frames;
}

void compare(const std::string& image, const std::vector<std::vector<unsigned char>>& frames, std::size_t from = 0)
{
    for (std::size_t i = 0; i < frames.size(); i++)
        CHECK(holds(image, static_cast<long>(from + i), frames[i]));
}

std::string path(const std::string& name) { return scratch + "/" + name + ".ome.zarr"; }

void teeRecordsASequence(CMMCore& core)
{
    core.setImageProcessorDevice("Tee");
    core.setProperty("Tee", "PixelSizeUm", "0.5");
    arm(core, "Tee", "tee");
    const Frames frames = acquire(core, 20, 128 * 96 * 2);
    disarm(core, "Tee");
    CHECK(frames.at("CamA").size() == 20);
    compare(path("tee"), frames.at("CamA"));
    CHECK(shapeOf(path("tee")) == "[20,96,128]");
    CHECK_TEXT(root(path("tee")), "\"complete\":true");
    CHECK_TEXT(root(path("tee")), "\"micromanager\":{\"axes\":\"t\",\"cameras\":[{\"label\":\"CamA\",\"pixel_type\":\"GRAY16\"");
}

void teeFollowsRoiBinningAndPixelType(CMMCore& core)
{
    arm(core, "Tee", "shapes");
    compare(path("none"), {});
    const Frames whole = acquire(core, 5, 128 * 96 * 2);
    core.setROI(8, 4, 64, 32);
    const Frames roi = acquire(core, 6, 64 * 32 * 2);
    core.clearROI();
    core.setProperty("CamA", "Binning", "2");
    const Frames binned = acquire(core, 7, 64 * 48 * 2);
    core.setProperty("CamA", "Binning", "1");
    core.setProperty("CamA", "PixelType", "8bit");
    const Frames bytes = acquire(core, 8, 128 * 96);
    core.setProperty("CamA", "PixelType", "32bit");
    const Frames floats = acquire(core, 4, 128 * 96 * 4);
    disarm(core, "Tee");
    CHECK(number(core, "Tee", "FramesAppended") == 5 + 6 + 7 + 8 + 4);
    compare(path("shapes"), whole.at("CamA"));
    compare(path("shapes_1"), roi.at("CamA"));
    compare(path("shapes_2"), binned.at("CamA"));
    compare(path("shapes_3"), bytes.at("CamA"));
    compare(path("shapes_4"), floats.at("CamA"));
    CHECK(shapeOf(path("shapes_1")) == "[6,32,64]");
    CHECK(!exists(path("shapes_5") + "/zarr.json"));
    CHECK_TEXT(root(path("shapes_2")), "\"binning\":2");
    CHECK_TEXT(root(path("shapes_2")), "\"continues\":\"" + path("shapes_1") + "\"");
    CHECK_TEXT(root(path("shapes_2")), "\"ended_by\":\"achangeoftheframesofCamAto128x96pixelsof1bytes");
    CHECK_TEXT(root(path("shapes_2")), "\"complete\":true");
    CHECK_TEXT(compact(readFile(path("shapes_4") + "/0/zarr.json")), "\"data_type\":\"float32\"");
    CHECK_TEXT(root(path("shapes_2")), "\"scale\":[1.0,1.0,1.0]"); // 0.5 um at binning 1
    core.setProperty("CamA", "PixelType", "16bit");
}

void teeRecordsColour(CMMCore& core)
{
    for (const char* const type : {"32bitRGB", "64bitRGB"}) {
        const std::size_t component = type[0] == '3' ? 1 : 2;
        core.setProperty("CamA", "PixelType", type);
        arm(core, "Tee", type);
        const Frames frames = acquire(core, 3, 128 * 96 * 4 * component);
        disarm(core, "Tee");
        for (long i = 0; i < 3; i++)
            for (unsigned colour = 0; colour < 3; colour++)
                CHECK(holdsColour(path(type), i, colour, frames.at("CamA")[static_cast<std::size_t>(i)], component));
        CHECK(shapeOf(path(type)) == "[3,3,96,128]");
    }
    core.setProperty("CamA", "PixelType", "16bit");
}

void teeRecordsSnaps(CMMCore& core)
{
    arm(core, "Tee", "snaps");
    Frames all;
    for (int i = 0; i < 3; i++) {
        core.snapImage();
        const auto* const pixels = static_cast<const unsigned char*>(core.getImage());
        all["CamA"].emplace_back(pixels, pixels + 128 * 96 * 2);
    }
    const Frames sequence = acquire(core, 4, 128 * 96 * 2);
    disarm(core, "Tee");
    compare(path("snaps"), all.at("CamA"));
    compare(path("snaps"), sequence.at("CamA"), 3);
}

std::string errorOf(CMMCore& core, const char* device)
{
    try {
        core.setProperty(device, "Recording", "1");
    } catch (const CMMError& error) {
        return error.getFullMsg() + "\n" + get(core, device, "LastError");
    }
    return "no error";
}

void teeRefusesSeveralCameras(CMMCore& core)
{
    core.setCameraDevice("Multi");
    CHECK_TEXT(errorOf(core, "Tee"), "use OmeZarrWriter");
    core.setProperty("Tee", "Cameras", "CamA"); // and then runs both all the same
    arm(core, "Tee", "mixed");
    acquire(core, 3, 128 * 96 * 2);
    CHECK(get(core, "Tee", "State") == "Error");
    CHECK_TEXT(get(core, "Tee", "LastError"), "CamB is running as well");
    core.setProperty("Tee", "Recording", "0");
    core.setProperty("Tee", "Cameras", "");
    core.setImageProcessorDevice("");
}

void writerRecordsBothCameras(CMMCore& core)
{
    core.setCameraDevice("Multi");
    core.setProperty("CamB", "Binning", "1");
    for (const char* const bypass : {"0", "1"}) {
        const std::string name = std::string("both") + bypass;
        core.setProperty("Writer", "BypassCoreBuffer", bypass);
        arm(core, "Writer", name);
        const Frames frames = acquire(core, 15, 128 * 96 * 2);
        disarm(core, "Writer");
        CHECK(number(core, "Writer", "FramesAppended") == 30);
        CHECK(shapeOf(path(name) + "/CamA") == "[15,96,128]" && shapeOf(path(name) + "/CamB") == "[15,96,128]");
        if (*bypass == '0') {
            compare(path(name) + "/CamA", frames.at("CamA"));
            compare(path(name) + "/CamB", frames.at("CamB"));
            CHECK_TEXT(root(path(name) + "/CamA"), "\"Camera\":\"CamA\",\"ElapsedTime-ms\":");
        } else {
            CHECK(frames.empty());
        }
    }
    core.setProperty("Writer", "BypassCoreBuffer", "0");
    core.snapImage(); // is not recorded and still works
    CHECK(core.getImage(0) != nullptr && core.getImage(1) != nullptr);
    core.setCameraDevice("CamA");
}

void recordingStartsAndStopsAHundredTimes(CMMCore& core)
{
    core.setProperty("Writer", "Cameras", "CamA");
    core.setProperty("Writer", "Path", path("again").c_str());
    for (int i = 0; i < 100; i++) {
        core.setProperty("Writer", "Recording", "1");
        acquire(core, 2, 128 * 96 * 2);
        disarm(core, "Writer");
        CHECK(number(core, "Writer", "FramesAppended") == 2);
    }
    CHECK(shapeOf(path("again_99")) == "[2,96,128]");
    core.setProperty("Writer", "Cameras", "");
}

void unloadingWhileRecordingIsHarmless(CMMCore& core)
{
    core.setCameraDevice("Multi");
    core.setImageProcessorDevice("");
    arm(core, "Writer", "unloaded");
    core.startContinuousSequenceAcquisition(0);
    waitUntil([&] { return number(core, "Writer", "FramesAppended") >= 10; }, "frames come");
    core.unloadDevice("Writer");
    const long count = core.getRemainingImageCount();
    waitUntil([&] { return core.getRemainingImageCount() > count + 4; }, "the cameras go on without the device");
    core.stopSequenceAcquisition();
    CHECK_TEXT(root(path("unloaded")), "\"complete\":true");

    core.setCameraDevice("CamA");
    core.setImageProcessorDevice("Tee");
    arm(core, "Tee", "unloaded_tee");
    core.startContinuousSequenceAcquisition(0);
    waitUntil([&] { return number(core, "Tee", "FramesAppended") >= 10; }, "frames come");
    core.stopSequenceAcquisition(); // the core keeps an image processor alive only as long as it is loaded
    core.unloadAllDevices();
    CHECK_TEXT(root(path("unloaded_tee")), "\"complete\":true");
}

/// A limit on the size of files stands for a disk that is full: the library meets both as a failed write.
void aFullDiskStopsTheCamera(CMMCore& core)
{
    core.setCameraDevice("CamA");
    arm(core, "Writer", "full");
    const struct rlimit small = {4096, RLIM_INFINITY};
    struct rlimit before;
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    core.startContinuousSequenceAcquisition(0);
    waitUntil([&] { return !core.isSequenceRunning(); }, "the camera is stopped");
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(get(core, "Writer", "State") == "Error");
    CHECK_TEXT(get(core, "Writer", "LastError"), "OMZ_E_");
    core.setProperty("Writer", "Recording", "0");
    arm(core, "Writer", "after");
    acquire(core, 2, 128 * 96 * 2);
    disarm(core, "Writer");
}

void theConfigurationOfTheReadmeLoads(const std::string& config)
{
    CMMCore core;
    core.enableStderrLog(false);
    core.setDeviceAdapterSearchPaths({adapters});
    core.loadSystemConfiguration(config.c_str());
    core.setProperty("Tee", "Path", path("config").c_str());
    core.setProperty("Tee", "Recording", "1");
    for (int i = 0; i < 2; i++) {
        core.snapImage();
        CHECK(core.getImage() != nullptr);
    }
    core.setProperty("Tee", "Recording", "0");
    core.waitForDevice("Tee");
    CHECK(number(core, "Tee", "FramesWritten") == 2);
    CHECK(exists(path("config") + "/zarr.json"));
}

} // namespace

int main(int argc, char** argv)
{
    CHECK(argc >= 3);
    adapters = argv[1];
    scratch = argv[2];
    try {
        std::unique_ptr<CMMCore> core = makeCore();
        std::printf("%s, %s\n", core->getVersionInfo().c_str(), core->getAPIVersionInfo().c_str());
        teeRecordsASequence(*core);
        teeFollowsRoiBinningAndPixelType(*core);
        teeRecordsColour(*core);
        teeRecordsSnaps(*core);
        teeRefusesSeveralCameras(*core);
        writerRecordsBothCameras(*core);
        recordingStartsAndStopsAHundredTimes(*core);
        aFullDiskStopsTheCamera(*core);
        unloadingWhileRecordingIsHarmless(*core);
        core.reset();
        if (argc > 3)
            theConfigurationOfTheReadmeLoads(argv[3]);
    } catch (const CMMError& error) {
        std::fprintf(stderr, "%s\n", error.getFullMsg().c_str());
        return 1;
    }
    std::puts("ok");
    return 0;
}
