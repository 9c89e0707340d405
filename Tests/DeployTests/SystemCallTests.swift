import EmbeddedPostgres
import Foundation
import TestSupport
import Testing

/// What the units let their programs ask of the kernel.
@Suite("The units' filters of system calls")
struct SystemCallTests {
    private static let services = ["call-sync", "user-sync", "callback-sync", "router", "console"]

    /// The calls that a program may make, put together as systemd does: the unit's file, then drop-ins by their names, whichever folder
    /// they lie in.
    private func allowed(_ program: String) async throws -> Set<String> {
        let folder = try await DebianPackage.shared.value.root.appending(path: "lib/systemd/system")
        let dropIns = ["trunkline-.service.d", "trunkline-\(program)@.service.d"].map { folder.appending(path: $0) }
            .flatMap { (try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)) ?? [] }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        let groups = try await Self.groups.value
        var allowed = Self.members("@default", of: groups)
        for file in [folder.appending(path: "trunkline-\(program)@.service")] + dropIns {
            let lines = try String(contentsOf: file, encoding: .utf8).matches(of: /(?m)^SystemCallFilter=(~?)(.+)$/)
            for line in lines {
                let calls = line.2.split(separator: " ").map { Self.members(String($0), of: groups) }
                for calls in calls {
                    if line.1.isEmpty { allowed.formUnion(calls) } else { allowed.subtract(calls) }
                }
            }
        }
        return allowed
    }

    /// systemd's groups of calls, each with what it names.
    private static let groups = Task {
        var groups: [String: [String]] = [:]
        var name = ""
        for line in try await Tool.output("systemd-analyze", ["--no-pager", "syscall-filter"]).split(separator: "\n") {
            let word = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("@") { name = word } else if !word.hasPrefix("#") { groups[name, default: []].append(word) }
        }
        return groups
    }

    private static func members(_ name: String, of groups: [String: [String]]) -> Set<String> {
        guard name.hasPrefix("@") else { return [name] }
        return (groups[name] ?? []).reduce(into: []) { $0.formUnion(members($1, of: groups)) }
    }

    @Test(
        "Each program may ask for short turns, the router also for what is left, and nobody for other resources",
        arguments: services)
    func scheduling(program: String) async throws {
        let allowed = try await allowed(program)
        #expect(allowed.isSuperset(of: ["read", "sched_getattr", "sched_setattr", "setpriority"]))
        #expect(allowed.contains("sched_setscheduler") == (program == "router"))
        #expect(allowed.isDisjoint(with: ["setrlimit", "mbind", "sched_setaffinity", "reboot", "chroot"]))
    }

    @Test("The router gets its turns under its unit's filter, and says so once where they are refused")
    func refusal() async throws {
        let allowed = try await allowed("router")
        let calls = ["sched_setattr", "sched_setscheduler"]
        let sentence = "The system refuses what the router asks of its scheduler"
        #expect(try await words(refusing: calls.filter { !allowed.contains($0) }).contains(sentence) == false)
        for call in calls {
            #expect(try await words(refusing: [call]).ranges(of: sentence).count == 1, "\(call)")
        }
    }

    /// What a router logs at its start where the kernel refuses some calls, as it does under a unit's filter.
    private func words(refusing calls: [String]) async throws -> String {
        let folder = try ScratchFolder()
        let script = try folder.write("filter.py", Self.filter)
        let port = try FreePort.find()
        let service = try RunningService(
            try await Source.tool("python"), [script, calls.joined(separator: ","), BuiltProgram.path("router")],
            environment: [
                "TRUNKLINE_DATABASE_URL": "postgresql://127.0.0.1:1/nowhere", "TRUNKLINE_HTTP_PORT": "\(port)",
                "TRUNKLINE_ROUTE_PORT": "0",
            ], in: folder)
        // By then its services run, and what it has to say of the scheduler is said.
        try await eventually("the router waits for its database") { service.words.contains("atabase") }
        #expect(try await service.stop() == 0, "\(service.words)")
        return service.words
    }

    /// Has the kernel refuse calls with EPERM, then becomes another program.
    private static let filter = """
        import ctypes, os, platform, struct, sys
        numbers = {
            "x86_64": {"sched_setattr": 314, "sched_setscheduler": 144},
            "aarch64": {"sched_setattr": 274, "sched_setscheduler": 119},
        }[platform.machine()]
        calls = [numbers[name] for name in sys.argv[1].split(",") if name]
        code = [(0x20, 0, 0, 0)]  # the call's number
        for number in calls:
            code += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | 1)]
        code.append((0x06, 0, 0, 0x7FFF0000))
        text = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in code))
        class Program(ctypes.Structure):
            _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]
        program = Program(len(code), ctypes.cast(text, ctypes.c_void_p))
        system = ctypes.CDLL(None)
        # PR_SET_NO_NEW_PRIVS; PR_SET_SECCOMP with SECCOMP_MODE_FILTER.
        assert system.prctl(38, 1, 0, 0, 0) == 0 and system.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
        os.execv(sys.argv[2], sys.argv[2:])
        """
}
