import Foundation
import TestSupport
import Testing

@Suite("The units of the Debian package")
struct SystemdUnitsTests {
    private static let services = ["call-sync", "user-sync", "callback-sync", "router", "console"]

    /// The folder that the package was unpacked to, with what of systemd's own units ours refer to.
    private func root() async throws -> ScratchFolder {
        let package = try await DebianPackage.shared.value
        let folder = try ScratchFolder()
        for path in ["lib/systemd", "etc/default", "usr/lib/trunkline"] {
            let target = folder.url.appending(path: path)
            try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            // The programs are large, and are the same in every copy.
            let copy = path.hasPrefix("usr") ? FileManager.default.linkItem(at:to:) : FileManager.default.copyItem(at:to:)
            try copy(package.root.appending(path: path), target)
        }
        for target in ["sysinit", "basic", "shutdown", "network-online", "multi-user"] {
            try folder.write("lib/systemd/system/\(target).target", "[Unit]\nDescription=\(target)\n")
        }
        return folder
    }

    private func verify(_ unit: String, in folder: ScratchFolder) async throws -> Tool {
        // Pages are there (another test looks), but `man` looks for them in this system and not in the folder.
        try await Tool.run(
            "systemd-analyze", ["--root=\(folder.url.path())", "--man=no", "--recursive-errors=yes", "verify", unit])
    }

    @Test("systemd finds nothing to complain of", arguments: services.map { "trunkline-\($0)@1.service" } + ["trunkline.target"])
    func verified(unit: String) async throws {
        let run = try await verify(unit, in: root())
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    }

    @Test(
        "It would find a program that is not there, and a setting that it does not know",
        arguments: [("lib/trunkline/call-sync", "lib/trunkline/call-stink"), ("MemoryMax", "MemoryMost")])
    func mistakes(right: String, wrong: String) async throws {
        let folder = try await root()
        let unit = "lib/systemd/system/trunkline-call-sync@.service"
        let text = try String(contentsOf: folder.url.appending(path: unit), encoding: .utf8)
        try #require(text.contains(right))
        try folder.write(unit, text.replacing(right, with: wrong))
        let run = try await verify("trunkline-call-sync@1.service", in: folder)
        #expect(run.status != 0 || !run.errors.isEmpty)
    }

    @Test("Their exposure, as systemd reckons it, stays below 2 of 10", arguments: services)
    func exposure(program: String) async throws {
        let folder = try await root()
        _ = try await Tool.output(
            "systemd-analyze",
            ["--root=\(folder.url.path())", "--offline=true", "--threshold=20", "security", "trunkline-\(program)@1.service"])
        let open = try await Tool.run(
            "systemd-analyze",
            ["--root=\(folder.url.path())", "--offline=true", "--threshold=1", "security", "trunkline-\(program)@1.service"])
        #expect(open.status != 0, "the threshold is looked at")
    }

    @Test("Each variable sets something in its program, and two programs or two instances never share a port")
    func variables() async throws {
        let root = try await DebianPackage.shared.value.root
        var ports: Set<String> = []
        for program in Self.services {
            let unit = try String(
                contentsOf: root.appending(path: "lib/systemd/system/trunkline-\(program)@.service"), encoding: .utf8)
            let keys = try await ConfigurationKeys(of: program)
            for match in unit.matches(of: /(TRUNKLINE_[A-Z_]+)=([^\s]+)/) {
                #expect(try keys.unknown([String(match.1)]) == [], "\(program)")
                if match.1.hasSuffix("_PORT") {
                    #expect(match.2.wholeMatch(of: /8\d\d%i/) != nil && ports.insert(String(match.2)).inserted, "\(match.2)")
                }
            }
        }
        #expect(ports.count == 7)
    }
}
