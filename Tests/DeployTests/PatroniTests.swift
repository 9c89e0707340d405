import EmbeddedPostgres
import Foundation
import TestSupport
import Testing
import Yams

@testable import Rehearsal

/// `deploy/patroni/patroni.yml` with an etcd of its own: the file as it is but for addresses, folders and certificates.
@Suite("The sample for Patroni, started for real")
struct PatroniTests {
    /// Patroni's check refuses an address for others at which only this machine can be meant; this one it does not know as such.
    private static let host = "127.0.0.2"

    @Test("Patroni finds it valid, leads with it, and the server has what it sets and speaks TLS to passwords alone")
    func leads() async throws {
        let node = try Node()
        let etcd = try node.run("etcd", node.etcdArguments)
        try await etcd.isWell("http://127.0.0.1:\(node.etcdPort)/health")

        let (program, arguments) = node.command("patroni", ["--validate-config", node.configuration])
        let check = try await Tool.run(program, arguments, environment: node.passwords, in: node.folder.url)
        #expect(check.status == 0, "\(check.output)\(check.errors)")

        let patroni = try node.run("patroni", [node.configuration])
        do {
            try await patroni.isWell("http://\(Self.host):\(node.restPort)/primary")
            try await checkServer(of: node)
        } catch {
            _ = try? await patroni.stop()
            throw error
        }
        #expect(try await patroni.stop() == 0, "\(patroni.words)")
        _ = try await etcd.stop()
    }

    @Test("It sets what `make ha` rehearses with, but for what is named here")
    func rehearsed() throws {
        let node = PatroniNode(name: "a", port: 1, restPort: 2, extraHost: nil, folder: URL(filePath: "/nowhere"))
        let rehearsal = PatroniConfiguration(node: node, etcd: [], timing: ClusterTiming(), password: "", binaries: "")
        let shown = try settings(of: rehearsal.text)
        let sample = try settings(of: Source.text("deploy/patroni/patroni.yml"))
        // A rehearsal is to be over in minutes, and has one machine for everything.
        let sizes: Set = [
            "ttl", "loop_wait", "retry_timeout", "postgresql.parameters.shared_buffers", "postgresql.parameters.wal_keep_size",
        ]
        #expect(shown.count > 12 && sizes.isSubset(of: shown.keys))
        for (name, value) in shown where !sizes.contains(name) { #expect(sample[name] == value, "\(name)") }
        let (ttl, loopWait, retry) = try (number(sample["ttl"]), number(sample["loop_wait"]), number(sample["retry_timeout"]))
        // What Patroni takes from 3.2 on, and its rule.
        #expect(ttl >= 20 && loopWait >= 1 && retry >= 3 && loopWait + 2 * retry <= ttl)
    }

    private func number(_ text: String?) throws -> Int { try #require(text.flatMap { Int($0) }) }

    /// What holds for the whole cluster, by the way to each setting.
    private func settings(of text: String) throws -> [String: String] {
        let cluster = try #require(Yams.compose(yaml: text)?["bootstrap"]?["dcs"])
        func leaves(_ node: Yams.Node, _ path: [String]) -> [(String, String)] {
            guard let mapping = node.mapping else { return [(path.joined(separator: "."), node.string ?? "")] }
            return mapping.flatMap { leaves($0.value, path + [$0.key.string ?? ""]) }
        }
        return Dictionary(uniqueKeysWithValues: leaves(cluster, []))
    }

    private func checkServer(of node: Node) async throws {
        let psql = try ServerTools.find().binaries.appending(path: "psql").path()
        let url = "host=\(Self.host) port=\(node.port) user=postgres dbname=postgres sslmode="
        func ask(_ mode: String, _ password: String = "superuser") async throws -> Tool {
            try await Tool.run(
                psql, ["--no-psqlrc", "-At", "-c", Self.settings, url + mode], environment: ["PGPASSWORD": password])
        }
        let answer = try await ask("require")
        #expect(
            answer.output.split(separator: "\n").map(String.init) == [
                "autovacuum_naptime 15", "data_checksums on", "hot_standby_feedback off", "max_connections 200",
                "max_standby_streaming_delay 60000", "password_encryption scram-sha-256", "ssl on", "synchronous_commit on",
                "tcp_keepalives_idle 5", "wal_receiver_timeout 5000", "wal_sender_timeout 5000",
            ], "\(answer.errors)")
        #expect(try await ask("disable").errors.contains("no pg_hba.conf entry"))
        #expect(try await ask("require", "another").errors.contains("password authentication failed"))
    }

    private static let settings = """
        SELECT name || ' ' || setting FROM pg_settings WHERE name IN ('autovacuum_naptime', 'data_checksums', 'hot_standby_feedback',
            'max_connections', 'max_standby_streaming_delay', 'password_encryption', 'ssl', 'synchronous_commit', 'tcp_keepalives_idle',
            'wal_receiver_timeout', 'wal_sender_timeout')
        ORDER BY name COLLATE "C"
        """

    /// What the sample names, on this machine. Everything runs as whoever PostgreSQL's server runs as.
    private struct Node {
        let folder: ScratchFolder
        let etcdPort: Int
        let restPort: Int
        let port: Int
        private let tools: ServerTools
        /// Ends them when we are gone before we could.
        private let leash: FileHandle

        /// Patroni first, which would start the server anew; the server by its own way, so that it leaves no memory behind.
        private static let cleaning = """
            for process in /proc/[0-9]*; do
                [ "$(readlink "$process/cwd")" = "${1%/}" ] && kill -KILL "${process#/proc/}"
            done
            [ -e "$1/node/data/postmaster.pid" ] && kill -QUIT "$(head -n 1 "$1/node/data/postmaster.pid")"
            rm -rf "$1"
            """

        init() throws {
            (folder, tools) = (try ScratchFolder(), try ServerTools.find())
            (etcdPort, restPort, port) = (try FreePort.find(), try FreePort.find(), try FreePort.find())
            try ServerFolder.prepare(folder.url, owner: tools.account)
            for name in ["node", "etcd"] { try ServerFolder.prepare(folder.url.appending(path: name), owner: tools.account) }
            leash = try Aftermath.run(Self.cleaning, [folder.url.standardized.path()])
            let own = folder.url.appending(path: "node")
            for (name, text) in [
                ("server.pem", TestCertificates.first), ("server.key", TestCertificates.firstKey),
                ("patroni.yml", try sample(own)),
            ] { try give(try folder.write("node/\(name)", text)) }
        }

        var configuration: String { folder.url.appending(path: "node/patroni.yml").path() }

        var passwords: [String: String] {
            [
                "PATRONI_REPLICATION_PASSWORD": "replication", "PATRONI_SUPERUSER_PASSWORD": "superuser",
                "PATRONI_REWIND_PASSWORD": "rewind", "HOME": folder.url.appending(path: "node").path(), "LC_ALL": "C.UTF-8",
                "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ]
        }

        var etcdArguments: [String] {
            let client = "http://127.0.0.1:\(etcdPort)"
            return [
                "--data-dir", folder.url.appending(path: "etcd").path(), "--listen-client-urls", client,
                "--advertise-client-urls",
                client, "--listen-peer-urls", "http://127.0.0.1:0",
            ]
        }

        func command(_ program: String, _ arguments: [String]) -> (String, [String]) {
            let (executable, arguments) = tools.command(URL(filePath: "/usr/bin/\(program)"), arguments)
            // Threads of the test process hold SIGTERM back, and pass that on.
            return ("/usr/bin/env", ["--default-signal=TERM", executable.path()] + arguments)
        }

        func run(_ program: String, _ arguments: [String]) throws -> RunningService {
            let (executable, arguments) = command(program, arguments)
            return try RunningService(executable, arguments, environment: passwords, in: folder)
        }

        private func sample(_ own: URL) throws -> String {
            try Source.text("deploy/patroni/patroni.yml")
                .replacing(/etcd[123]\.example:2379/, with: "127.0.0.1:\(etcdPort)")
                .replacing(/(?:0\.0\.0\.0|db1\.example):8008/, with: "\(PatroniTests.host):\(restPort)")
                .replacing(/(?:0\.0\.0\.0|db1\.example):5432/, with: "\(PatroniTests.host):\(port)")
                .replacing(/\/var\/lib\/postgresql\/[0-9]+\/trunkline/, with: own.appending(path: "data").path())
                .replacing(/\/usr\/lib\/postgresql\/[0-9]+\/bin/, with: tools.binaries.path())
                .replacing("/etc/patroni/", with: own.path() + "/")
                // Debian's place for sockets is not everybody's.
                .replacing("    ssl: \"on\"", with: "    ssl: \"on\"\n    unix_socket_directories: \(own.path())")
        }

        private func give(_ path: String) throws {
            guard chmod(path, 0o600) == 0 else { throw CocoaError(.fileWriteNoPermission) }
            guard let account = tools.account, let entry = getpwnam(account) else { return }
            guard chown(path, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else { throw CocoaError(.fileWriteNoPermission) }
        }
    }
}
