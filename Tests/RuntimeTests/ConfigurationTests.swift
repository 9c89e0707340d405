import Configuration
import Foundation
import NIOSSL
import Testing

@testable import Runtime

/// A folder of its own, gone with the test.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "runtime-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }
}

enum ExampleKeys {
    static let size = ConfigurationKey("batch.size", .integer(1...1000), default: "100", "How many at once.")
    static let pause = ConfigurationKey("batch.pause", .duration(.zero...(.seconds(60))), default: "5s", "How long between.")
    static let eager = ConfigurationKey("batch.eager", .boolean, default: "false", "Whether to hurry.")
    static let words = ConfigurationKey("batch.words", .texts, "Some words.")
    static let day = ConfigurationKey("batch.day", .day, "When.")
    static let username = ConfigurationKey("enreach.username", .text, required: true, "Who.")
    static let url = ConfigurationKey("enreach.url", .url, "Where.")
    static let secret = ConfigurationKey("enreach.secret_key", .secret, required: true, "The key.")
    static let authority = ConfigurationKey("enreach.ca_file", .certificates, "Whom to trust.")

    static let schema = ConfigurationSchema.common.adding(
        [size, pause, eager, words, day],
        lists: [ConfigurationList("tenants", keys: [username, url, secret, authority], maps: ["enreach.names"])])
}

@Suite("Configuration in layers")
struct ConfigurationTests {
    let folder: Folder
    init() throws { folder = try Folder() }

    static let head = "database:\n  url: postgresql://h/d\n"

    func load(_ yaml: String, flags: [String: String] = [:], environment: [String: String] = [:]) throws -> ProgramConfiguration {
        try ProgramConfiguration.load(
            schema: ExampleKeys.schema, file: try folder.write("t.yaml", yaml), flags: flags, environment: environment)
    }

    func refusal(_ yaml: String, flags: [String: String] = [:], environment: [String: String] = [:]) -> String? {
        do {
            _ = try load(yaml, flags: flags, environment: environment)
            return nil
        } catch { return "\(error)".replacing(folder.path + "/", with: "") }
    }

    @Test("A flag wins over the environment, the environment over the file, the file over the default")
    func precedence() throws {
        let yaml = Self.head + "batch: {size: 3}\n"
        #expect(try load(Self.head).value(ExampleKeys.size) == 100)
        #expect(try load(yaml).value(ExampleKeys.size) == 3)
        #expect(try load(yaml, environment: ["TRUNKLINE_BATCH_SIZE": "2"]).value(ExampleKeys.size) == 2)
        #expect(
            try load(yaml, flags: ["batch.size": "1"], environment: ["TRUNKLINE_BATCH_SIZE": "2"]).value(ExampleKeys.size) == 1)
    }

    @Test("Every form is read")
    func forms() throws {
        let configuration = try load(
            Self.head + "batch:\n  pause: 250ms\n  eager: yes\n  words: [a, b]\n  day: 2027-03-31\n")
        #expect(try configuration.value(ExampleKeys.day) == Date(timeIntervalSince1970: 1_806_451_200))
        #expect(try configuration.value(ExampleKeys.pause) == .milliseconds(250))
        #expect(try configuration.value(ExampleKeys.eager) == true)
        #expect(try configuration.value(ExampleKeys.words) == ["a", "b"])
        #expect(try load(Self.head, environment: ["TRUNKLINE_BATCH_WORDS": "a, b"]).value(ExampleKeys.words) == ["a", "b"])
    }

    @Test("Tenants go by their names, in order, and take secrets from files beside the configuration or from the environment")
    func tenants() throws {
        try folder.write("key.txt", "s3cret\n")
        let configuration = try load(
            Self.head + """
                tenants:
                  - name: demo
                    enreach: {username: a@b, secret_key_file: key.txt, names: {call.privacy: [Class, Privacy], "value.work": 2}}
                  - name: acme-oy
                    enreach:
                      username: c@d
                """, environment: ["TRUNKLINE_TENANTS_ACME_OY_ENREACH_SECRET_KEY": "other"])
        let tenants = configuration.elements(of: "tenants")
        #expect(tenants.map(\.name) == ["demo", "acme-oy"])
        #expect(try tenants[0].value(ExampleKeys.username) == "a@b")
        #expect(try tenants[0].value(ExampleKeys.secret).reveal() == "s3cret")
        #expect(try tenants[1].value(ExampleKeys.secret).reveal() == "other")
        #expect(try tenants[1].optional(ExampleKeys.url) == nil)
        #expect(tenants[0].map("enreach.names") == ["call.privacy": ["Class", "Privacy"], "value.work": ["2"]])
    }

    @Test("A secret that changes in its file is seen")
    func rotation() throws {
        let file = try folder.write("key.txt", "one\n")
        let secret = try Secret.read(from: file)
        try folder.write("key.txt", "two\n")
        #expect(secret.reveal() == "one" && secret.current().reveal() == "two")
        #expect("\(secret) \(String(reflecting: secret))" == "*** ***")
    }

    @Test(
        "What can't work is refused with one line that names place, key and remedy",
        arguments: [
            ("http:\n  prot: 1\n", "t.yaml:4: http.prot: is no known key; did you mean `http.port`?"),
            ("colour: red\n", "t.yaml:3: colour: is no known key; remove it; `config keys` lists all there are"),
            ("http: 8080\n", "t.yaml:3: http: is a section, not a value; put its keys under it: http.host, http.port"),
            ("http:\n  port: eighty\n", "t.yaml:4: http.port: `eighty` is no whole number; give a whole number from 0 to 65535"),
            ("http:\n  port: 70000\n", "t.yaml:4: http.port: 70000 is out of range; give a whole number from 0 to 65535"),
            ("http:\n  port: [1, 2]\n", "t.yaml:4: http.port: a list stands where one value belongs; give one value"),
            ("http:\n  port: {a: 1}\n", "t.yaml:4: http.port.a: is no known key; did you mean `http.port`?"),
            (
                "batch: {pause: 5}\n",
                "t.yaml:3: batch.pause: `5` is no duration; give a number with its unit: 250ms, 30s, 5m, 12h, 14d"
            ),
            (
                "log:\n  level: loud\n",
                "t.yaml:4: log.level: `loud` is not known here; give one of `trace`, `debug`, `info`, `notice`, `warning`, `error`, `critical`"
            ),
            ("batch: {eager: maybe}\n", "t.yaml:3: batch.eager: `maybe` is neither true nor false; give `true` or `false`"),
            ("database: {url: x}\n", "t.yaml:3: the key `database` stands there twice; correct the YAML"),
            ("a: [\n", "t.yaml:4: is no YAML: did not find expected node content; correct the YAML"),
            ("tenants: {a: 1}\n", "t.yaml:3: tenants.a: is no known key; remove it; `config keys` lists all there are"),
            ("tenants:\n  - enreach: {}\n", "t.yaml:4: tenants: an element has no `name`; add `name: …`"),
            ("tenants:\n  - name: a\n  - name: a\n", "t.yaml:5: tenants: `a` stands in line 4 as well; give each its own name"),
            ("tenants:\n  - name: a b\n", "t.yaml:4: tenants: `a b` is no usable name; use letters, digits, - and _"),
            (
                "tenants:\n  - name: a\n",
                "t.yaml:4: tenants.a.enreach.username: is not set; add tenants.a.enreach.username to the configuration file or set TRUNKLINE_TENANTS_A_ENREACH_USERNAME"
            ),
            (
                "tenants:\n  - name: a\n    enreach:\n      usrname: x\n",
                "t.yaml:6: tenants.a.enreach.usrname: is no known key; did you mean `tenants.*.enreach.username`?"
            ),
            (
                "tenants:\n  - name: a\n    enreach:\n      username: x\n",
                "t.yaml:4: tenants.a.enreach.secret_key: is not set; add tenants.a.enreach.secret_key_file to the configuration file or set TRUNKLINE_TENANTS_A_ENREACH_SECRET_KEY"
            ),
            (
                "tenants:\n  - name: a\n    enreach:\n      username: x\n      secret_key: y\n",
                "t.yaml:7: tenants.a.enreach.secret_key: a secret may not stand here; put it into a file of its own and name that with enreach.secret_key_file, or set TRUNKLINE_TENANTS_A_ENREACH_SECRET_KEY"
            ),
            (
                "tenants:\n  - name: a\n    enreach:\n      username: x\n      secret_key_file: gone\n",
                "t.yaml:7: tenants.a.enreach.secret_key_file: there is no file gone; create it or correct the path"
            ),
            (
                "tenants:\n  - name: a\n    enreach:\n      username: x\n      url: example.com\n",
                "t.yaml:7: tenants.a.enreach.url: `example.com` is no URL; give an address that begins with https://"
            ),
        ])
    func refused(yaml: String, line: String) { #expect(refusal(Self.head + yaml) == line) }

    @Test("A missing required key, and a bad variable or flag, are refused with their own place")
    func otherPlaces() {
        #expect(
            refusal("")
                == "t.yaml: database.url: is not set; add database.url to the configuration file or set TRUNKLINE_DATABASE_URL")
        for text in ["2027-02-30", "31.3.2027", "2027-03", "soon"] {
            #expect(
                refusal(Self.head + "batch: {day: \(text)}\n")
                    == "t.yaml:3: batch.day: `\(text)` is no day; give year, month and day, as 2027-03-31")
        }
        #expect(refusal("- 1\n") == "t.yaml:1: the file is no mapping of keys to values; write `key: value` lines")
        #expect(
            refusal(Self.head, environment: ["TRUNKLINE_HTTP_PORT": "x"])
                == "TRUNKLINE_HTTP_PORT: http.port: `x` is no whole number; give a whole number from 0 to 65535")
        #expect(
            refusal(Self.head, flags: ["http.port": "x"])
                == "--http-port: http.port: `x` is no whole number; give a whole number from 0 to 65535")
    }

    @Test("Unreadable, empty and foreign files are refused")
    func files() throws {
        let empty = try folder.write("empty", "\n")
        let text = try folder.write("text.pem", "hello")
        let head = Self.head + "tenants:\n  - name: a\n    enreach:\n      username: x\n"
        #expect(
            refusal(head + "      secret_key_file: \(empty)\n")?.hasSuffix(
                "the secret file empty is empty; put the secret into it") == true)
        #expect(refusal(head + "      secret_key_file: \(folder.path)\n")?.contains(" is a folder; name a file") == true)
        let environment = ["TRUNKLINE_TENANTS_A_ENREACH_SECRET_KEY": "k"]
        #expect(
            refusal(head + "      ca_file: \(text)\n", environment: environment)
                == "t.yaml:7: tenants.a.enreach.ca_file: text.pem holds no readable certificate; give a PEM file that begins with -----BEGIN CERTIFICATE-----"
        )
        #expect(
            refusal(head + "      ca_file: gone.pem\n", environment: environment)
                == "t.yaml:7: tenants.a.enreach.ca_file: there is no file gone.pem; create it or correct the path")
        #expect(throws: ConfigurationError.self) {
            try ProgramConfiguration.load(schema: .common, file: folder.path + "/none.yaml", environment: [:])
        }
    }

    @Test("Both a secret and its file in one place are refused")
    func twoSecrets() {
        let text = refusal(
            Self.head + "tenants:\n  - name: a\n    enreach: {username: x}\n",
            environment: ["TRUNKLINE_TENANTS_A_ENREACH_SECRET_KEY": "k", "TRUNKLINE_TENANTS_A_ENREACH_SECRET_KEY_FILE": "f"])
        #expect(text?.contains("both the secret and its file are given here") == true)
    }

    @Test("`config show` gives values and origins and masks what is secret")
    func listing() throws {
        try folder.write("key.txt", "s3cret\n")
        let text = try load(
            "database: {url: 'postgresql://u:pa55@h/d?password=pa55&x=1'}\ntenants:\n  - {name: demo, enreach: {username: a, secret_key_file: key.txt}}\n",
            flags: ["http.port": "1"], environment: ["TRUNKLINE_DATABASE_PASSWORD": "pa55", "TRUNKLINE_LOG_LEVEL": "debug"]
        ).listing()
        #expect(!text.contains("pa55") && !text.contains("s3cret"))
        #expect(text.contains("postgresql://u:***@h/d?password=***&x=1  # \(folder.path)/t.yaml:1"))
        #expect(text.contains("1  # --http-port"))
        #expect(text.contains("debug  # TRUNKLINE_LOG_LEVEL"))
        #expect(text.contains("8  # default"))
        #expect(text.contains("*** in \(folder.path)/key.txt"))
    }

    @Test(
        "Passwords are masked in both forms of connection strings",
        arguments: [
            ("host=h password=abc dbname=d", "host=h password=*** dbname=d"),
            ("password='a b\\'c' host=h", "password=*** host=h"),
            ("postgres://u@h/d", "postgres://u@h/d"), ("postgres://u:a@h1:1,h2:2/d", "postgres://u:***@h1:1,h2:2/d"),
            ("host=h", "host=h"), ("postgresql://u:pa?ss@db/x", "postgresql://u:***@db/x"),
            ("postgresql://h:1?password=a@b&user=u", "postgresql://h:1?password=***&user=u"),
            ("password = x host=h", "password=*** host=h"),
        ])
    func connectionStrings(text: String, masked: String) { #expect(ConnectionStringMask.mask(text) == masked) }

    @Test("Variables that set nothing are found")
    func unknownVariables() throws {
        let configuration = try load(
            Self.head, environment: ["TRUNKLINE_HTTP_PRT": "1", "TRUNKLINE_CONFIG": "x", "TRUNKLINE_HTTP_PORT": "1", "PATH": "x"])
        #expect(configuration.unknownVariables == ["TRUNKLINE_HTTP_PRT"])
    }

    @Test("Components can read the same layers through swift-configuration")
    func reader() throws {
        let reader = try load(Self.head + "batch: {size: 3, words: [a, b]}\n", environment: ["TRUNKLINE_HTTP_PORT": "7"]).reader
        #expect(reader.int(forKey: "batch.size") == 3)
        #expect(reader.int(forKey: "http.port") == 7)
        #expect(reader.stringArray(forKey: "batch.words") == ["a", "b"])
    }
}

@Suite("Command lines")
struct CommandLineFlagsTests {
    func parse(_ words: String) throws -> CommandLineFlags {
        try CommandLineFlags(words.split(separator: " ").map(String.init), schema: ExampleKeys.schema)
    }

    @Test("Every key is a flag, with a blank or an equals sign")
    func flags() throws {
        let flags = try parse("run --config /x.yaml --http-port 1 --batch-size=2")
        #expect(flags.action == .run && flags.file == "/x.yaml" && flags.values == ["http.port": "1", "batch.size": "2"])
    }

    @Test(
        "Commands",
        arguments: zip(
            ["", "config show", "config check", "config keys", "--help", "--version", "help"],
            [CommandLineFlags.Action.run, .showConfiguration, .checkConfiguration, .listKeys, .help, .version, .help]))
    func commands(words: String, action: CommandLineFlags.Action) throws { #expect(try parse(words).action == action) }

    @Test("Anything else is refused", arguments: ["--colour red", "--http-port", "config", "config shw", "walk"])
    func refused(words: String) { #expect(throws: ConfigurationError.self) { try parse(words) } }
}
