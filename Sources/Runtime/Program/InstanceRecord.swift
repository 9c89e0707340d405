package import FoundationEssentials
package import Logging
import Model
package import Postgres
import ServiceLifecycle

/// Keeps this run of the program's row in hub.instance.
package struct InstanceRecord: Service {
    package static let enter = Statement(
        "instance_enter",
        """
        INSERT INTO hub.instance (instance_id, program, version, host, pid) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (instance_id) DO UPDATE SET seen_at = now(), stopped_at = NULL
        """)
    package static let beat = Statement(
        "instance_beat", "UPDATE hub.instance SET seen_at = now(), state = $2 WHERE instance_id = $1")
    package static let leave = Statement(
        "instance_leave", "UPDATE hub.instance SET seen_at = now(), stopped_at = now() WHERE instance_id = $1")
    package static let statements = [enter, beat, leave]

    package let id: UUID
    package let identity: InstanceIdentity
    package let readiness: Readiness
    package let database: Database
    package let logger: Logger

    package init(id: UUID, identity: InstanceIdentity, readiness: Readiness, database: Database, logger: Logger) {
        self.id = id
        self.identity = identity
        self.readiness = readiness
        self.database = database
        self.logger = logger
    }

    package func run() async throws {
        do {
            try await database.execute(Self.enter, [id, identity.program, identity.version, identity.host, identity.pid])
        } catch {
            logger.warning("The instance's row could not be made", metadata: ["error": "\(error)"])
        }
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(10))
                _ = try? await database.execute(Self.beat, [id, Self.state(of: readiness)])
            }
        }
        _ = try? await database.execute(Self.leave, [id])
    }

    private static func state(of readiness: Readiness) -> JSONB {
        var json = JSONText()
        json.object { json in
            for check in readiness.report().checks {
                json.member(check.name) { json in
                    json.member("state", check.state.rawValue)
                    if !check.text.isEmpty { json.member("text", check.text) }
                }
            }
        }
        return JSONB(bytes: json.bytes)
    }

    /// The id of a run of a program: made from what tells it from all others.
    package static func id(of identity: InstanceIdentity) -> UUID {
        UUID.version5(namespace: UUID(uuidString: "2d0b8f5e-6c0f-5b0e-8a52-3d6f0b1f7a10")!, name: identity.id.utf8)
    }
}
