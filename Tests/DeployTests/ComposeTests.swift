import Foundation
import TestSupport
import Testing

@Suite("docker-compose.yml")
struct ComposeTests {
    @Test("Compose refuses a file with a key that it does not know")
    func compositionIsChecked() async throws {
        let folder = try ScratchFolder()
        let text = try Source.text("docker-compose.yml").replacing("healthcheck:", with: "helthcheck:")
        try folder.write("docker-compose.yml", text)
        await #expect(throws: Tool.Failed.self) { try await Compose.read(folder.url.appending(path: "docker-compose.yml")) }
    }

    @Test(
        "Two instances of each program, a database, Prometheus and Grafana run under either profile", arguments: ["hub", "demo"])
    func services(profile: String) async throws {
        let services = try await Compose.read().services.filter { $0.value.profiles?.contains(profile) == true }
        for program in ["call-sync", "user-sync", "callback-sync", "router", "console"] {
            let instances = services.values.filter { $0.isOurs && $0.command?.first == program }
            #expect(instances.map { $0.deploy?.replicas } == [2], "\(program)")
        }
        #expect(services.keys.contains("postgres") && services.keys.contains("prometheus") && services.keys.contains("grafana"))
        #expect(services.keys.contains("sandbox") == (profile == "demo"))
    }

    @Test("Operators' commands run in a container with the tenants' configuration and secrets, which `up` does not start")
    func operators() async throws {
        let service = try #require(try await Compose.read().services["operator"])
        #expect(service.profiles == ["operator"] && service.isErrand && service.restart == "no")
        #expect(service.volumes?.contains { $0.target == "/etc/trunkline/trunkline.yaml" } == true)
        let secrets = Set((service.secrets ?? []).map(\.source))
        #expect(secrets.isSuperset(of: ["enreach", "dynamics", "privacy"]))
    }

    @Test("Whatever stays has a health check, with a command that its image has")
    func healthChecks() async throws {
        for (name, service) in try await Compose.read().services where !service.isErrand {
            let test = try #require(service.healthcheck?.test, "\(name) has no health check")
            #expect(test.first == "CMD")
            if service.isOurs { #expect(test.dropFirst().first == "trunkline" && test.contains("health"), "\(name)") }
        }
    }

    @Test("Every program runs without rights, on a file system it can't write")
    func hardening() async throws {
        for (name, service) in try await Compose.read().services where service.isOurs {
            #expect(service.readOnly == true && service.capDrop == ["ALL"], "\(name)")
            #expect(service.stopGracePeriod == "40s", "\(name) needs longer than shutdown.timeout to stop")
        }
    }

    @Test("Nothing is published beyond this machine")
    func ports() async throws {
        for (name, service) in try await Compose.read().services {
            for port in service.ports ?? [] { #expect(port.hostIp == "127.0.0.1", "\(name): \(port.target)") }
        }
    }

    @Test("Every file it lays into a container is there, but for the secrets")
    func files() async throws {
        for (name, service) in try await Compose.read().services {
            for volume in service.volumes ?? [] where volume.type == "bind" {
                let path = try #require(volume.source)
                #expect(FileManager.default.fileExists(atPath: path), "\(name) wants \(path)")
            }
        }
    }

    @Test("Each command is a program of the package, and each variable sets something in it")
    func commands() async throws {
        let programs = try Source.programs()
        for (name, service) in try await Compose.read().services where service.isOurs {
            let words = try #require(service.command)
            let program = words[0] == "sh" ? "trunkline" : words[0]
            #expect(programs.contains(program), "\(name): \(program)")
            if program == "sandbox" { continue }
            let keys = try await ConfigurationKeys(of: program)
            #expect(try keys.unknown(service.variables.keys) == [], "\(name)")
        }
    }

    @Test("Secrets stand in files, and `make-secrets` draws all but the vendors'")
    func secrets() async throws {
        let folder = try ScratchFolder()
        let script = try folder.write("deploy/compose/make-secrets", try Source.text("deploy/compose/make-secrets"))
        _ = try await Tool.output("sh", [script])
        let drawn = Set(try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "secrets").path()))
        let compose = try await Compose.read()
        #expect(Set(compose.secrets.keys) == drawn.union(["enreach", "dynamics"]))
        let passwords = try drawn.map { try String(contentsOf: folder.url.appending(path: "secrets/\($0)"), encoding: .utf8) }
        #expect(Set(passwords).count == passwords.count && passwords.allSatisfy { $0.count > 40 })

        _ = try await Tool.output("sh", [script])
        let again = try drawn.map { try String(contentsOf: folder.url.appending(path: "secrets/\($0)"), encoding: .utf8) }
        #expect(again == passwords, "a second run leaves them alone")

        for (name, service) in compose.services {
            for variable in service.variables.keys.filter({ $0.hasSuffix("PASSWORD") || $0.hasSuffix("SECRET") }) {
                #expect(name.hasSuffix("-demo"), "\(name) has a secret in \(variable)")
            }
        }
    }

    @Test("Each program signs in with a login that the database is made with, and a password that it may read")
    func logins() async throws {
        let logins = try #require(try Source.text("deploy/compose/logins.sh").firstMatch(of: /for login in ([a-z_ ]+);/)?.1)
        let made = Set(logins.split(separator: " ").map(String.init) + ["trunkline"])
        for (name, service) in try await Compose.read().services {
            guard let url = service.variables["TRUNKLINE_DATABASE_URL"].flatMap({ URL(string: $0) }) else { continue }
            #expect(made.contains(url.user() ?? ""), "\(name): \(url.user() ?? "nobody")")
            let file = try #require(service.variables["TRUNKLINE_DATABASE_PASSWORD_FILE"])
            #expect(service.secrets?.contains { "/run/secrets/\($0.source)" == file } == true, "\(name): \(file)")
        }
    }
}
