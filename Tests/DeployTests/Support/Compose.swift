import Foundation

/// `docker-compose.yml` as Docker Compose itself reads it, with all profiles.
struct Compose: Decodable {
    let services: [String: Service]
    let secrets: [String: FileSecret]

    struct Service: Decodable {
        let image: String
        let command: [String]?
        let environment: [String: String?]?
        let healthcheck: HealthCheck?
        let deploy: Deploy?
        let restart: String?
        let profiles: [String]?
        let volumes: [Volume]?
        let secrets: [SecretUse]?
        let ports: [Port]?
        let readOnly: Bool?
        let capDrop: [String]?
        let stopGracePeriod: String?

        /// Whether it is one of our programs.
        var isOurs: Bool { image.hasPrefix("trunkline:") }
        /// Whether it does something once and ends.
        var isErrand: Bool { healthcheck?.disable == true }

        var variables: [String: String] { (environment ?? [:]).compactMapValues { $0 } }
    }

    struct HealthCheck: Decodable {
        let test: [String]?
        let disable: Bool?
    }

    struct Deploy: Decodable {
        let replicas: Int?
    }

    struct Volume: Decodable {
        let type: String
        let source: String?
        let target: String
    }

    struct SecretUse: Decodable {
        let source: String
    }

    struct FileSecret: Decodable {
        let file: String
    }

    struct Port: Decodable {
        let hostIp: String?
        let target: Int
        let published: String?
    }

    /// Reads the file with `docker compose config`, which refuses what its schema does not know.
    static func read(_ file: URL = Source.file("docker-compose.yml")) async throws -> Compose {
        let text = try await Tool.output(
            Source.tool("docker-compose"),
            ["--file", file.path()] + ["hub", "demo", "operator"].flatMap { ["--profile", $0] } + ["config", "--format", "json"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Compose.self, from: Data(text.utf8))
    }
}
