// SPDX-License-Identifier: PostgreSQL
#include "check/worker_pool.hpp"

#include <system_error>
#include <utility>

namespace pgfilter {

WorkerPool::WorkerPool(std::size_t threads) {
    threads_.reserve(threads);
    try {
        for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { work(i); });
    } catch (const std::system_error&) {
        // As many as the system allows.
        if (threads_.empty()) throw;
    }
}

WorkerPool::~WorkerPool() {
    join();
}

void WorkerPool::give(Task task) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return tasks_.size() < threads_.size(); });
    if (failure_) std::rethrow_exception(failure_);
    tasks_.push_back(std::move(task));
    changed_.notify_all();
}

void WorkerPool::finish() {
    join();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void WorkerPool::join() {
    {
        const std::scoped_lock lock(mutex_);
        finished_ = true;
        changed_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

void WorkerPool::work(std::size_t worker) {
    for (;;) {
        Task task;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return finished_ || !tasks_.empty(); });
            if (tasks_.empty()) return;
            task = std::move(tasks_.front());
            tasks_.pop_front();
            changed_.notify_all();
            if (failure_) continue;
        }
        run(task, worker);
    }
}

void WorkerPool::run(Task& task, std::size_t worker) {
    try {
        task(worker);
    } catch (...) {
        const std::scoped_lock lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
    }
}

}  // namespace pgfilter
