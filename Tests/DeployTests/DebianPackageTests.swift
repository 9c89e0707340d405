import Foundation
import TestSupport
import Testing

@Suite("The Debian package")
struct DebianPackageTests {
    private static let services = ["call-sync", "user-sync", "callback-sync", "router", "console"]

    @Test("Its control fields are complete, and it depends on the libraries that its programs need")
    func control() async throws {
        let package = try await DebianPackage.shared.value
        let version = try await Tool.output(BuiltProgram.path("trunkline"), ["--version"]).trimmingCharacters(in: .newlines)
        let (name, told, architecture) = try await (
            package.field("Package"), package.field("Version"), package.field("Architecture")
        )
        #expect(name == "trunkline" && told == version)
        #expect(package.file.lastPathComponent == "trunkline_\(version)_\(architecture).deb")
        for name in ["Maintainer", "Section", "Priority", "Installed-Size", "Description"] {
            let value = try await package.field(name)
            #expect(!value.isEmpty, "\(name)")
        }
        let description = try await package.field("Description").split(separator: "\n")
        #expect(description.allSatisfy { $0.count <= 80 })
        let depends = try await package.field("Depends")
        for library in ["libc6", "libpq5", "libphonenumber8", "libprotobuf", "libstdc++6"] {
            #expect(depends.contains(library), "\(library) is missing in \(depends)")
        }
        #expect(!depends.contains("@"))
    }

    @Test("The container image installs every library that the package depends on")
    func image() async throws {
        let dockerfile = try Source.text("deploy/container/Dockerfile")
        let parts = try #require(dockerfile.components(separatedBy: "FROM debian").last)
        for library in try await DebianPackage.shared.value.field("Depends").split(separator: ",") {
            let name = library.split(separator: " ")[0].replacing("-protobuf32", with: "")
            // What Debian's base image has, and what units need that an image has not.
            if ["libc6", "libgcc-s1", "systemd"].contains(name) { continue }
            #expect(parts.contains(name), "\(name)")
        }
        for program in try Source.programs() { #expect(dockerfile.contains(program), "\(program)") }
        // Versions of what is linked, where the builder keeps them.
        #expect(dockerfile.contains("\nCOPY Package.swift Package.resolve[d] ./\n"))
    }

    @Test("It has each program with its unit, its page and its login, and the command's completions")
    func content() async throws {
        let files = try await DebianPackage.shared.value.files()
        for program in Self.services {
            #expect(
                files.isSuperset(of: [
                    "/usr/lib/trunkline/\(program)", "/usr/bin/trunkline-\(program)",
                    "/lib/systemd/system/trunkline-\(program)@.service",
                    "/usr/share/man/man8/trunkline-\(program).8.gz", "/etc/default/trunkline-\(program)",
                ]), "\(program)")
        }
        for path in [
            "/usr/bin/trunkline", "/usr/share/man/man1/trunkline.1.gz", "/usr/share/man/man1/trunkline-jobs.1.gz",
            "/usr/share/bash-completion/completions/trunkline", "/usr/share/zsh/vendor-completions/_trunkline",
            "/usr/share/fish/vendor_completions.d/trunkline.fish", "/usr/lib/sysusers.d/trunkline.conf",
            "/usr/share/doc/trunkline/copyright", "/usr/share/doc/trunkline/third-party.txt.gz",
            "/usr/share/doc/trunkline/changelog.gz",
        ] { #expect(files.contains(path), "\(path)") }
    }

    @Test("What an administrator may edit is kept over an upgrade, and no secret is in it")
    func configurationFiles() async throws {
        let package = try await DebianPackage.shared.value
        let kept = Set(try await package.conffiles())
        let etc = try package.files().filter { $0.hasPrefix("/etc/") && !$0.isFolder(in: package.root) }
        #expect(kept == etc && !etc.isEmpty)
        #expect(try !package.files().contains { $0.hasPrefix("/etc/trunkline/secrets/") })
    }

    @Test("Its checksums are those of its files")
    func checksums() async throws {
        let package = try await DebianPackage.shared.value
        let control = try ScratchFolder()
        _ = try await Tool.output("dpkg-deb", ["--control", package.file.path(), control.url.path()])
        _ = try await Tool.output(
            "md5sum", ["--check", "--quiet", control.url.appending(path: "md5sums").path()], in: package.root)
    }

    @Test("Every option of the command stands on its page")
    func manual() async throws {
        let package = try await DebianPackage.shared.value
        let page = try await Tool.output(
            "zcat", [package.root.appending(path: "usr/share/man/man1/trunkline-migrate.1.gz").path()])
        #expect(page.contains("\\-\\-plan") && page.contains("\\-\\-database"))
        let keys = try await ConfigurationKeys(of: "router").names
        let router = try await Tool.output(
            "zcat", [package.root.appending(path: "usr/share/man/man8/trunkline-router.8.gz").path()])
        for key in keys { #expect(router.contains(key.replacing("-", with: "\\-")), "\(key)") }
    }

    @Test("Bash takes its completions")
    func completions() async throws {
        let path = try await DebianPackage.shared.value.root.appending(path: "usr/share/bash-completion/completions/trunkline")
            .path()
        let answer = try await Tool.output("bash", ["-c", "source \"$0\"; complete -p trunkline", path])
        #expect(answer.contains("trunkline"))
    }

    @Test("Its programs take the configuration that it brings, in any shape that its comments show", arguments: services)
    func samples(program: String) async throws {
        let package = try await DebianPackage.shared.value
        let file = ["router", "console"].contains(program) ? "\(program).yaml" : "trunkline.yaml"
        let text = try package.text("etc/trunkline/\(file)")
        let folder = try ScratchFolder()
        for secret in ["acme-webhook", "acme-enreach", "acme-dynamics", "console"] {
            try folder.write("secrets/\(secret)", "secret")
        }
        try folder.write("secrets/privacy", Data(repeating: 7, count: 32).base64EncodedString())
        _ = try await Tool.output(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=router", "-keyout", "router.key", "-out",
                "router.pem",
            ],
            in: folder.url.appending(path: "secrets"))
        let executable = package.root.appending(path: "usr/lib/trunkline/\(program)").path()
        let samples = [("as it is", text), ("with all that is commented out", text.uncommented)]
        #expect(samples[0].1 != samples[1].1)
        for (name, sample) in samples {
            let path = try folder.write(file, sample)
            let run = try await Tool.run(executable, ["config", "check", "--config", path], environment: ["PGUSER": "anybody"])
            #expect(run.status == 0, "\(name): \(run.errors)")
        }
        let keys = try await ConfigurationKeys(of: program)
        for match in try package.text("etc/default/trunkline-\(program)").matches(of: /(?m)^#?(TRUNKLINE_[A-Z_]+)=/) {
            #expect(try keys.unknown([String(match.1)]) == [])
        }
    }

    @Test("Installed into a throw-away root it makes its user and the folder for secrets, runs, and goes again")
    func installation() async throws {
        let package = try await DebianPackage.shared.value
        let system = try ThrowAwaySystem()
        let root = system.root
        try await system.dpkg("--install", package.file.path())

        let version = try await Tool.output(root.appending(path: "usr/bin/trunkline").path(), ["--version"])
        let told = try await package.field("Version")
        #expect(version.trimmingCharacters(in: .newlines) == told)
        let users = try String(contentsOf: root.appending(path: "etc/passwd"), encoding: .utf8)
        #expect(users.contains("trunkline:") && users.contains("/usr/sbin/nologin"))
        let secrets = try FileManager.default.attributesOfItem(atPath: root.appending(path: "etc/trunkline/secrets").path())
        #expect((secrets[.posixPermissions] as? Int) == 0o750)
        #expect(!FileManager.default.fileExists(atPath: root.appending(path: "etc/systemd/system").path()), "nothing is enabled")

        try await system.dpkg("--purge", "trunkline")
        for path in ["usr/bin/trunkline", "etc/trunkline", "etc/default/trunkline-router"] {
            #expect(!FileManager.default.fileExists(atPath: root.appending(path: path).path()), "\(path) stayed")
        }
    }

    @Test("Over an earlier version it brings its own files and takes that one's away, and keeps what was edited and the secrets")
    func upgrade() async throws {
        let package = try await DebianPackage.shared.value
        let system = try ThrowAwaySystem()
        try await system.dpkg("--install", earlier(than: package, in: system.folder))
        #expect(try await system.version() == "0.0.1")
        try system.write("etc/trunkline/console.yaml", "edited")
        try system.write("etc/trunkline/trunkline.yaml", "edited")
        try system.write("etc/trunkline/secrets/privacy", "kept")

        try await system.dpkg("--force-confdef", "--force-confold", "--install", package.file.path())
        let told = try await package.field("Version")
        #expect(try await system.version() == told)
        // Edited by people, and in one case by both; not edited; not there before; there no more.
        for path in ["etc/trunkline/console.yaml", "etc/trunkline/trunkline.yaml"] { #expect(system.text(path) == "edited") }
        for (path, new) in [
            ("etc/trunkline/trunkline.yaml.dpkg-dist", "etc/trunkline/trunkline.yaml"),
            ("etc/default/trunkline-router", "etc/default/trunkline-router"),
            ("etc/default/trunkline-console", "etc/default/trunkline-console"),
        ] { #expect(try system.text(path) == package.text(new), "\(path)") }
        #expect(system.text("etc/trunkline/secrets/privacy") == "kept")
        #expect(system.text("usr/share/trunkline/earlier") == nil)
        #expect(!FileManager.default.fileExists(atPath: system.root.appending(path: "etc/systemd/system").path()))
    }

    /// A package of an earlier version: its scripts and most of its configuration as they are, two files with other texts, one missing, one that
    /// is gone since. Without programs, which are large.
    private func earlier(than package: DebianPackage, in folder: ScratchFolder) async throws -> String {
        let root = folder.url.appending(path: "earlier")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: package.root.appending(path: "etc"), to: root.appending(path: "etc"))
        for path in ["usr/lib/sysusers.d", "usr/lib/tmpfiles.d"] {
            let target = root.appending(path: path)
            try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: package.root.appending(path: path), to: target)
        }
        for path in ["etc/trunkline/trunkline.yaml", "etc/default/trunkline-router", "usr/share/trunkline/earlier"] {
            try folder.write("earlier/\(path)", "# earlier\n")
        }
        try FileManager.default.removeItem(at: root.appending(path: "etc/default/trunkline-console"))
        _ = try await Tool.output("dpkg-deb", ["--control", package.file.path(), root.appending(path: "DEBIAN").path()])
        for (file, old, new) in [
            ("control", /Version: .*/, "Version: 0.0.1"), ("conffiles", /\/etc\/default\/trunkline-console\n/, ""),
        ] {
            let path = root.appending(path: "DEBIAN/\(file)")
            try Data(String(contentsOf: path, encoding: .utf8).replacing(old, with: new).utf8).write(to: path)
        }
        try FileManager.default.removeItem(at: root.appending(path: "DEBIAN/md5sums"))
        let file = folder.url.appending(path: "trunkline_0.0.1.deb").path()
        _ = try await Tool.output("dpkg-deb", ["-Znone", "--root-owner-group", "--build", root.path(), file])
        return file
    }
}

/// A root for dpkg with nothing in it.
private struct ThrowAwaySystem {
    let folder: ScratchFolder
    let root: URL

    init() throws {
        folder = try ScratchFolder()
        root = folder.url.appending(path: "system")
        for path in ["var/lib/dpkg/info", "var/lib/dpkg/updates", "etc"] {
            try FileManager.default.createDirectory(at: root.appending(path: path), withIntermediateDirectories: true)
        }
        try Data().write(to: root.appending(path: "var/lib/dpkg/status"))
    }

    /// The package's scripts run out here, with DPKG_ROOT: the throw-away root has no shell, nor what the package depends on.
    func dpkg(_ arguments: String...) async throws {
        let options = ["--root=\(root.path())", "--force-script-chrootless", "--force-depends", "--force-not-root"]
        _ = try await Tool.output("dpkg", options + arguments)
    }

    /// The version that is installed and configured.
    func version() async throws -> String {
        try await Tool.output(
            "dpkg-query", ["--admindir=\(root.path())/var/lib/dpkg", "--show", "--showformat=${Version}", "trunkline"])
    }

    func write(_ path: String, _ text: String) throws { try folder.write("system/\(path)", text) }

    func text(_ path: String) -> String? { try? String(contentsOf: root.appending(path: path), encoding: .utf8) }
}

extension DebianPackage {
    /// The files that dpkg keeps as the administrator left them.
    fileprivate func conffiles() async throws -> [String] {
        try await Tool.output("dpkg-deb", ["--info", file.path(), "conffiles"]).split(separator: "\n").map(String.init)
    }
}

extension String {
    fileprivate func isFolder(in root: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: root.appending(path: self).path(), isDirectory: &isFolder)
            && isFolder.boolValue
    }
}
