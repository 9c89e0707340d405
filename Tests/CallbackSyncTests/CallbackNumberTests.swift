import Enreach
import Enreach
import FoundationEssentials
import Jobs
import Model
import PhoneNumbers
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync
@testable import Tenants

/// Requests of one number, as it is dialled at home and with its country.
@Suite(.database, .timeLimit(.minutes(5))) struct CallbackNumberTests {
    static let international = "+31205550101"

    @Test func `they are bundled, whichever way it is written`() async throws {
        try await CallbackHub.with { hub in
            try await hub.region("NL")
            try await hub.profile()
            let first = hub.request("020 555 0101", ago: 300)
            try await hub.sync()
            let others = [
                hub.request(Self.international, ago: 200), hub.request("020-5550101", ago: 150),
                hub.request("0031205550101", ago: 100),
            ]
            try await hub.sync()
            let link = try hub.record(first).id
            for id in [first] + others {
                #expect(try hub.record(id)["enr_bundleid"].string == link)
                #expect(try hub.record(id)["phonenumber"].string == Self.international)
                #expect(try await hub.column("number", of: id) == Self.international)
            }
            #expect(try await hub.column("number_raw", of: first) == "020 555 0101")
        }
    }

    @Test func `they are ignored while one is open`() async throws {
        try await CallbackHub.with { hub in
            try await hub.region("NL")
            try await hub.profile(duplicates: "ignore")
            let (first, second) = (hub.request(Self.international, ago: 300), hub.request("020 555 0101", ago: 200))
            try await hub.sync()
            #expect(try await hub.state(first) == "written")
            #expect(try await hub.state(second) == "ignored(same_number)")
        }
    }

    @Test func `a request that is kept under the digits dialled at home counts as well`() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            let first = hub.request("020 555 0101", ago: 300)
            try await hub.sync()
            #expect(try await hub.column("number", of: first) == "0205550101", "no region, nothing guessed")
            try await hub.region("NL")
            let second = hub.request(Self.international, ago: 200)
            try await hub.sync()
            #expect(try hub.record(second)["enr_bundleid"].string == hub.record(first).id)
            #expect(try hub.record(first)["enr_bundleid"].string == hub.record(first).id)
        }
    }

    @Test func `the jobs of one number stand in one line, which is the one they always stood in`() async throws {
        try await CallbackHub.with(works: false) { hub in
            try await hub.region("NL")
            try await hub.profile()
            let tenant = try #require(try await hub.book.situation(hub.tenant))
            let profiles = try await ProfileStore.read(hub.tenant, from: hub.database).profiles
            for number in ["020 555 0101", Self.international] { hub.request(number) }
            let intake = CallbackIntake(database: hub.database, queue: .init(database: hub.database), instance: hub.instance)
            let listing = try await hub.connection.enreach.callbacks(
                list: CallbackHub.list.id, modifiedAfter: hub.now.addingTimeInterval(-3600))
            _ = try await intake.take(
                listing.compactMap { ReceivedCallback($0, now: hub.now) }, for: tenant, profiles: profiles, way: .poll)
            let keys = Set(
                try await hub.database.query(Statement("", "SELECT key FROM hub.jobs WHERE kind = 'callback.write'")).map {
                    try $0[0].decode(String.self)
                })
            #expect(keys == [CallbackJobs.line(number: Self.international, tenantName: "demo")])
        }
    }
}

extension CallbackHub {
    fileprivate func region(_ region: String) async throws {
        try await database.execute(Statement("", "UPDATE hub.tenant SET region = $2 WHERE tenant_id = $1"), [tenant, region])
    }
}
