import Foundation
import Operations
import Postgres

/// Which programs run where, and the workers in them.
enum InstancesFeature: ConsoleFeature {
    static let pages = [
        PageRoute("/instances") { request in
            Page(
                "Instances", in: .instances, template: "instances/page",
                model: try await InstancesModel.read(request.database, now: request.now))
        }
    ]
    static let fragments = [
        LiveFragment("instances.now", template: "instances/now") { try await InstancesModel.read($0.database, now: $0.now) }
    ]
}

/// The live part of the page, which is nearly all of it.
struct InstancesModel: Sendable {
    struct Instance: Sendable {
        let program: String
        let host: String
        let pid: Int32
        let version: String
        let state: Tag
        let started: TimeMark
        let seen: TimeMark
        let troubles: String?
    }

    struct Worker: Sendable {
        let queue: String
        let place: String
        let slots: Int32
        let jobs: Int64
        let beat: TimeMark
        let state: Tag
    }

    let running: Int
    let lost: Int
    let isAnyLost: Bool
    let workerCount: Int
    let schema: Int32
    let server: String
    let instances: [Instance]
    let hasInstances: Bool
    let workers: [Worker]
    let hasWorkers: Bool

    static func read(_ database: Database, now: Date) async throws -> InstancesModel {
        let store = InstanceStore(database: database)
        async let instances = store.recent(.seconds(86_400), limit: 300)
        async let workers = store.workers()
        async let versions = store.versions()
        return InstancesModel(try await instances, try await workers, try await versions, now: now)
    }

    init(
        _ instances: [InstanceStore.Instance], _ workers: [InstanceStore.Worker], _ versions: (schema: Int32, server: String),
        now: Date
    ) {
        running = instances.count { $0.state == "running" }
        lost = instances.count { $0.state == "lost" }
        isAnyLost = lost > 0
        workerCount = workers.count
        (schema, server) = versions
        self.instances = instances.map { instance in
            Instance(
                program: instance.program, host: instance.host, pid: instance.pid, version: instance.version,
                state: Self.tag(instance), started: TimeMark(instance.startedAt, now: now),
                seen: TimeMark(instance.seenAt, now: now),
                troubles: instance.troubles)
        }
        hasInstances = !instances.isEmpty
        self.workers = workers.map { worker in
            Worker(
                queue: worker.queue, place: "\(worker.program) on \(worker.host), process \(worker.pid)", slots: worker.slots,
                jobs: worker.jobs, beat: TimeMark(worker.beatAt, now: now),
                state: worker.expiresAt < now
                    ? Tag("lost", .bad) : worker.isDraining ? Tag("stopping", .warn) : Tag("works", .good))
        }
        hasWorkers = !workers.isEmpty
    }

    static func tag(_ instance: InstanceStore.Instance) -> Tag {
        switch instance.state {
        case "running": instance.troubles == nil ? Tag("running", .good) : Tag("running, with trouble", .warn)
        case "lost": Tag("lost", .bad)
        default: Tag(instance.state)
        }
    }
}
